"""The editor's module for plugins, as far as HiveSync uses it: real texts, scripted people."""

from __future__ import annotations

import heapq
import itertools
import json
import re
import threading
import time
from typing import Any, Callable, Iterator, Sequence

from tests.plugins.sublime.host import rules

DRAW_NO_FILL, DRAW_NO_OUTLINE, DRAW_SQUIGGLY_UNDERLINE, HIDDEN = 32, 256, 2048, 128
KIND_AMBIGUOUS = (0, "", "")
LAYOUT_BELOW, LAYOUT_BLOCK = 1, 2

shown: dict[str, list[Any]] = {"status": [], "errors": [], "questions": [], "popups": [], "clipboard": []}
answers: list[bool] = []
resources: dict[str, str] = {}
_windows: list[Window] = []
_settings: dict[str, Settings] = {}
_ids = itertools.count(1)
_timers: list[tuple[float, int, Callable[[], Any]]] = []
_awake = threading.Condition()


class Region:
    def __init__(self, a: int, b: int | None = None) -> None:
        self.a, self.b = a, a if b is None else b

    def begin(self) -> int:
        return min(self.a, self.b)

    def end(self) -> int:
        return max(self.a, self.b)

    def empty(self) -> bool:
        return self.a == self.b


class Selection(list):  # type: ignore[type-arg]
    def add(self, region: Any) -> None:
        self.append(Region(region) if isinstance(region, int) else region)


class Edit:
    """Valid inside the command it was given to, and nowhere else."""

    def __init__(self) -> None:
        self.valid = True


class Settings:
    def __init__(self, values: dict[str, Any] | None = None) -> None:
        self._values = values or {}
        self._callbacks: dict[str, Callable[[], None]] = {}

    def get(self, key: str, default: Any = None) -> Any:
        rules.on_main_thread("Settings.get")
        return self._values.get(key, default)

    def set(self, key: str, value: Any) -> None:
        rules.on_main_thread("Settings.set")
        self._values[key] = value
        for callback in list(self._callbacks.values()):
            set_timeout(callback)

    def add_on_change(self, tag: str, callback: Callable[[], None]) -> None:
        self._callbacks[tag] = callback

    def clear_on_change(self, tag: str) -> None:
        self._callbacks.pop(tag, None)


class Phantom:
    def __init__(
        self, region: Region, content: str, layout: int, on_navigate: Callable[[str], None] | None = None
    ) -> None:
        rules.take_html(content)
        self.region, self.content, self.layout, self.on_navigate = region, content, layout, on_navigate


class PhantomSet:
    def __init__(self, view: View, key: str = "") -> None:
        self.view, self.key = view, key

    def update(self, phantoms: Sequence[Phantom]) -> None:
        rules.on_main_thread("PhantomSet.update")
        self.view.phantoms[self.key] = list(phantoms)


class HtmlSheet:
    def __init__(self, name: str, contents: str) -> None:
        rules.take_html(contents)
        self.name, self.contents, self.is_open = name, contents, True

    def close(self) -> None:
        self.is_open = False


class QuickPanelItem:
    def __init__(
        self, trigger: str, details: Any = "", annotation: str = "", kind: Any = KIND_AMBIGUOUS
    ) -> None:
        for text in [details] if isinstance(details, str) else details:
            rules.take_html(text)
        self.trigger, self.details, self.annotation, self.kind = trigger, details, annotation, kind


class View:
    def __init__(self, window: Window, path: str | None, text: str) -> None:
        self._id, self._window, self._path, self.text = next(_ids), window, path, text
        self._selection = Selection([Region(0)])
        self._own = Settings()
        self._edit: Edit | None = None
        self._count = 0
        self.name, self.syntax = "", ""
        self.reference: str | None = None
        self.status: dict[str, str] = {}
        self.phantoms: dict[str, list[Phantom]] = {}
        self.regions: dict[str, list[Region]] = {}
        self.read_only = self.closed = False
        self.shown_encoding = "UTF-8"
        self.history: list[str] = []

    def id(self) -> int:
        return self._id

    def is_valid(self) -> bool:
        return not self.closed

    def window(self) -> Window | None:
        return None if self.closed else self._window

    def file_name(self) -> str | None:
        rules.on_main_thread("View.file_name")
        return self._path

    def encoding(self) -> str:
        return self.shown_encoding

    def size(self) -> int:
        return len(self.text)

    def substr(self, region: Region) -> str:
        rules.on_main_thread("View.substr")
        return self.text[region.begin() : region.end()]

    def sel(self) -> Selection:
        return self._selection

    def change_count(self) -> int:
        return self._count

    def rowcol(self, point: int) -> tuple[int, int]:
        before = self.text[:point]
        return before.count("\n"), point - (before.rfind("\n") + 1)

    def text_point(self, row: int, col: int, *, clamp_column: bool = False) -> int:
        starts = [0, *(match.end() for match in re.finditer("\n", self.text))]
        start = starts[min(row, len(starts) - 1)]
        end = self.text.find("\n", start)
        return min(start + col, len(self.text) if end < 0 else end)

    def line(self, where: Any) -> Region:
        point = where if isinstance(where, int) else where.begin()
        end = self.text.find("\n", point)
        return Region(self.text.rfind("\n", 0, point) + 1, len(self.text) if end < 0 else end)

    def show_at_center(self, location: Any) -> None:
        rules.on_main_thread("View.show_at_center")

    def insert(self, edit: Edit, point: int, text: str) -> int:
        self.replace(edit, Region(point), text)
        return len(text)

    def replace(self, edit: Edit, region: Region, text: str) -> None:
        rules.on_main_thread("View.replace")
        if edit is not self._edit or not edit.valid:
            rules.note("a text was edited outside of a TextCommand")
        if not self.read_only:
            self.history.append(self.text)
            self.text = self.text[: region.begin()] + text + self.text[region.end() :]
            self._count += 1

    def settings(self) -> Settings:
        return self._own

    def set_status(self, key: str, value: str) -> None:
        rules.on_main_thread("View.set_status")
        self.status[key] = value

    def erase_status(self, key: str) -> None:
        rules.on_main_thread("View.erase_status")
        self.status.pop(key, None)

    def set_name(self, name: str) -> None:
        self.name = name

    def set_scratch(self, scratch: bool) -> None:
        rules.on_main_thread("View.set_scratch")

    def set_read_only(self, read_only: bool) -> None:
        self.read_only = read_only

    def assign_syntax(self, syntax: str) -> None:
        self.syntax = syntax

    def set_reference_document(self, reference: str) -> None:
        self.reference = reference

    def add_regions(
        self, key: str, regions: list[Region], scope: str = "", icon: str = "", flags: int = 0
    ) -> None:
        rules.on_main_thread("View.add_regions")
        self.regions[key] = regions

    def erase_regions(self, key: str) -> None:
        self.regions.pop(key, None)

    def run_command(self, cmd: str, args: dict[str, Any] | None = None) -> None:
        rules.on_main_thread("View.run_command")
        if cmd == "append":
            self._with_edit(lambda edit: self.insert(edit, len(self.text), (args or {})["characters"]))
            return
        from tests.plugins.sublime.host import plugins

        command = plugins.find(cmd, plugins.TextCommand)
        self._with_edit(lambda edit: command(self).run(edit, **(args or {})))

    def _with_edit(self, act: Callable[[Edit], Any]) -> None:
        edit = self._edit = Edit()
        try:
            act(edit)
        finally:
            edit.valid, self._edit = False, None

    def show_popup(
        self, content: str, flags: int = 0, location: int = -1, max_width: float = 0, max_height: float = 0
    ) -> None:
        rules.on_main_thread("View.show_popup")
        rules.take_html(content)
        shown["popups"].append(content)

    def close(self) -> bool:
        self.closed = True
        self._window.remove(self)
        return True


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
        from tests.plugins.sublime.host import plugins

        self._views.append(view)
        self.front = view
        plugins.tell("on_activated", view)
        return view

    def remove(self, view: View) -> None:
        from tests.plugins.sublime.host import plugins

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
        from tests.plugins.sublime.host import plugins

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


def version() -> str:
    rules.on_main_thread("sublime.version")
    return "4200"


def platform() -> str:
    return "linux"


def windows() -> list[Window]:
    rules.on_main_thread("sublime.windows")
    return list(_windows)


def active_window() -> Window:
    return _windows[0]


def load_settings(base_name: str) -> Settings:
    rules.on_main_thread("sublime.load_settings")
    if base_name not in _settings:
        without_comments = re.sub(r"^\s*//.*$", "", resources[base_name], flags=re.MULTILINE)
        _settings[base_name] = Settings(json.loads(without_comments))
    return _settings[base_name]


def set_timeout(callback: Callable[[], Any], delay: float = 0) -> None:
    with _awake:
        heapq.heappush(_timers, (time.monotonic() + delay / 1000, next(_ids), callback))
        _awake.notify()


def status_message(message: str) -> None:
    rules.on_main_thread("sublime.status_message")
    shown["status"].append(message)


def error_message(message: str) -> None:
    rules.on_main_thread("sublime.error_message")
    shown["errors"].append(message)


def ok_cancel_dialog(message: str, ok_title: str = "", title: str = "") -> bool:
    rules.on_main_thread("sublime.ok_cancel_dialog")
    shown["questions"].append(message)
    return answers.pop(0) if answers else False


def set_clipboard(text: str) -> None:
    rules.on_main_thread("sublime.set_clipboard")
    shown["clipboard"].append(text)


def next_callback() -> Callable[[], Any]:
    """Wait for the next thing that the editor's thread has to do, and give it."""
    with _awake:
        while True:
            left = _timers[0][0] - time.monotonic() if _timers else None
            if left is not None and left <= 0:
                return heapq.heappop(_timers)[2]
            _awake.wait(left)


def open_window(folders: list[str]) -> Window:
    """Open a window, as a person does."""
    _windows.append(Window(folders))
    return _windows[-1]


def all_views() -> Iterator[View]:
    """Give every view of every window."""
    for window in _windows:
        yield from window.views()
