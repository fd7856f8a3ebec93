"""One text in the editor."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any, Callable

from tests.plugins.sublime.host import plugins, rules
from tests.plugins.sublime.host.people import shown
from tests.plugins.sublime.host.settings import Settings
from tests.plugins.sublime.host.values import Edit, Phantom, Region, Selection

if TYPE_CHECKING:
    from tests.plugins.sublime.host.window import Window

_ids = itertools.count(1)


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
