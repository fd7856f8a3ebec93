"""The editor's module of base classes, and how it finds what a package's top modules hold."""

from __future__ import annotations

import functools
import re
from types import ModuleType
from typing import Any

from tests.plugins.sublime.host import rules


class ApplicationCommand:
    """Runs without a window."""


class WindowCommand:
    """Runs in a window."""

    def __init__(self, window: Any) -> None:
        self.window = window


class TextCommand:
    """Runs on a view, and alone may edit its text."""

    def __init__(self, view: Any) -> None:
        self.view = view


class EventListener:
    """Hears of all views."""


_commands: dict[str, Any] = {}
_listeners: list[Any] = []


def take_in(module: ModuleType) -> None:
    """Register the commands and listeners of a module, by the editor's rule for names."""
    for found in vars(module).values():
        if isinstance(found, type) and issubclass(found, EventListener):
            _listeners.append(found())
        elif isinstance(found, type) and issubclass(found, (ApplicationCommand, WindowCommand, TextCommand)):
            words = re.sub(r"(?<!^)([A-Z])", r"_\1", found.__name__).lower()
            _commands[words[: -len("_command")] if words.endswith("_command") else words] = found


def names() -> list[str]:
    """Give the names of all commands."""
    return sorted(_commands)


def is_a(name: str, kind: type) -> bool:
    """Tell which sort of command a name stands for."""
    return issubclass(_commands[name], kind)


def find(name: str, kind: type) -> Any:
    """Give a command's class."""
    assert issubclass(_commands[name], kind), name
    return _commands[name]


def tell(event: str, view: Any) -> None:
    """Tell every listener."""
    for listener in _listeners:
        if hasattr(listener, event):
            rules.watched(event, functools.partial(getattr(listener, event), view))
