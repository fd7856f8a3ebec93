"""The editor's module for plugins, as far as HiveSync uses it: real texts, scripted people."""

from __future__ import annotations

from typing import Iterator

from tests.plugins.sublime.host import rules
from tests.plugins.sublime.host.people import error_message, ok_cancel_dialog, set_clipboard, status_message
from tests.plugins.sublime.host.settings import Settings, load_settings
from tests.plugins.sublime.host.timing import set_timeout
from tests.plugins.sublime.host.values import (
    KIND_AMBIGUOUS,
    Edit,
    HtmlSheet,
    Phantom,
    PhantomSet,
    QuickPanelItem,
    Region,
    Selection,
)
from tests.plugins.sublime.host.view import View
from tests.plugins.sublime.host.window import Window

__all__ = [
    "DRAW_NO_FILL",
    "DRAW_NO_OUTLINE",
    "DRAW_SQUIGGLY_UNDERLINE",
    "HIDDEN",
    "KIND_AMBIGUOUS",
    "LAYOUT_BELOW",
    "LAYOUT_BLOCK",
    "Edit",
    "HtmlSheet",
    "Phantom",
    "PhantomSet",
    "QuickPanelItem",
    "Region",
    "Selection",
    "Settings",
    "View",
    "Window",
    "active_window",
    "all_views",
    "error_message",
    "load_settings",
    "ok_cancel_dialog",
    "open_window",
    "platform",
    "set_clipboard",
    "set_timeout",
    "status_message",
    "version",
    "windows",
]
DRAW_NO_FILL, DRAW_NO_OUTLINE, DRAW_SQUIGGLY_UNDERLINE, HIDDEN = 32, 256, 2048, 128
LAYOUT_BELOW, LAYOUT_BLOCK = 1, 2

_windows: list[Window] = []


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


def open_window(folders: list[str]) -> Window:
    """Open a window, as a person does."""
    _windows.append(Window(folders))
    return _windows[-1]


def all_views() -> Iterator[View]:
    """Give every view of every window."""
    for window in _windows:
        yield from window.views()
