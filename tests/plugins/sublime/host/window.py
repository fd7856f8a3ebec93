"""One window of the editor, with its views, panels and sheets."""

from __future__ import annotations

import itertools
from typing import Any, Callable

from tests.plugins.sublime.host import plugins, rules
from tests.plugins.sublime.host.values import HtmlSheet, QuickPanelItem
from tests.plugins.sublime.host.view import View

_ids = itertools.count(1)


class Window:
    def __init__(self, folders: list[str]) -> None:
        self._id, self._folders = next(_ids), folders
        self._views: list[View] = []
        self.front: View | None = None
        self.panels: dict[str, View] = {}
        self.visible_panel = ""
        self.sheets: list[HtmlSheet] = []
        self.quick: tuple[list[QuickPanelItem], Callable[[int], None], str] | None = None
        self.asking: tuple[str, Callable[[str], None]] | None = None

    def id(self) -> int:
        return self._id

    def is_valid(self) -> bool:
        return True

    def folders(self) -> list[str]:
        rules.on_main_thread("Window.folders")
        return self._folders

    def views(self) -> list[View]:
        return list(self._views)

    def active_view(self) -> View | None:
        rules.on_main_thread("Window.active_view")
        return self.front

    def open_file(self, file_name: str, flags: int = 0) -> View:
        path = file_name.rsplit(":", 2)[0] if flags == 1 else file_name
        with open(path, encoding="utf-8", newline=None) as file:
            return self.add(View(self, path, file.read()))

    def new_file(self) -> View:
        rules.on_main_thread("Window.new_file")
        return self.add(View(self, None, ""))

    def add(self, view: View) -> View:
        self._views.append(view)
        self.front = view
        plugins.tell("on_activated", view)
        return view

    def remove(self, view: View) -> None:
        self._views.remove(view)
        if self.front is view:
            self.front = self._views[-1] if self._views else None
        plugins.tell("on_close", view)

    def new_html_sheet(self, name: str, contents: str) -> HtmlSheet:
        rules.on_main_thread("Window.new_html_sheet")
        self.sheets.append(HtmlSheet(name, contents))
        return self.sheets[-1]

    def create_output_panel(self, name: str) -> View:
        rules.on_main_thread("Window.create_output_panel")
        self.panels[name] = View(self, None, "")
        return self.panels[name]

    def find_output_panel(self, name: str) -> View | None:
        return self.panels.get(name)

    def run_command(self, cmd: str, args: dict[str, Any] | None = None) -> None:
        rules.on_main_thread("Window.run_command")
        if cmd == "show_panel":
            self.visible_panel = (args or {})["panel"]
        elif plugins.is_a(cmd, plugins.TextCommand):
            if self.front is not None:
                self.front.run_command(cmd, args)
        elif plugins.is_a(cmd, plugins.ApplicationCommand):
            plugins.find(cmd, plugins.ApplicationCommand)().run(**(args or {}))
        else:
            plugins.find(cmd, plugins.WindowCommand)(self).run(**(args or {}))

    def show_quick_panel(
        self, items: list[QuickPanelItem], on_select: Callable[[int], None], placeholder: str = ""
    ) -> None:
        rules.on_main_thread("Window.show_quick_panel")
        self.quick = (list(items), on_select, placeholder)

    def show_input_panel(
        self, caption: str, initial_text: str, on_done: Callable[[str], None], on_change: Any, on_cancel: Any
    ) -> None:
        rules.on_main_thread("Window.show_input_panel")
        self.asking = (caption, on_done)
