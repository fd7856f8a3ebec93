"""The phone's console in an output panel. Its lines are text of the app that is shown; nothing acts."""

from __future__ import annotations

from typing import Any

import sublime

from ..client.plain import one_line, plain

PANEL = "hivesync"
_KEPT_CHARACTERS = 1_000_000


class Console:
    """One panel in each window; what came before a window was opened stands in it, too."""

    def __init__(self) -> None:
        self._text = ""
        self._shown: set[int] = set()

    def add(self, event: dict[str, Any]) -> None:
        """Write what a phone has said, and how much of it was too much to tell."""
        device = one_line(event["device"]["name"], 40)
        lines = [_line(device, each) for each in event["lines"]]
        if event.get("dropped"):
            lines.append(f"{device}: {event['dropped']} more lines\n")
        self.write("".join(lines))

    def write(self, text: str) -> None:
        """Write text at the end of every window's panel."""
        self._text = (self._text + text)[-_KEPT_CHARACTERS:]
        for window in sublime.windows():
            if window.id() in self._shown:
                _append(self._panel(window), text)

    def show(self, window: sublime.Window) -> None:
        """Open the panel."""
        self._panel(window)
        window.run_command("show_panel", {"panel": "output." + PANEL})

    def _panel(self, window: sublime.Window) -> sublime.View:
        panel = window.find_output_panel(PANEL)
        if panel is None or window.id() not in self._shown:
            panel = window.create_output_panel(PANEL)
            # A double click on a line opens its file, as in the editor's own build results.
            panel.settings().set("result_file_regex", r"^.*\((.+):(\d+):(\d+)\)$")
            self._shown.add(window.id())
            _append(panel, self._text)
        return panel


def _append(panel: sublime.View, text: str) -> None:
    panel.run_command("append", {"characters": text, "force": True, "scroll_to_end": True})


def _line(device: str, line: dict[str, Any]) -> str:
    place = f" ({plain(line['path'], 500)}:{line['line']}:{line['column']})" if line.get("path") else ""
    mark = "uncaught " if line.get("uncaught") else ""
    text = plain(line["text"], 4000).replace("\n", "\n    ")
    return f"{device} {mark}{one_line(line['level'], 10)}: {text}{place}\n"
