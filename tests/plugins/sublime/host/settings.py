"""Settings, from the files of the package and as people change them."""

from __future__ import annotations

import json
import re
from typing import Any, Callable

from tests.plugins.sublime.host import rules
from tests.plugins.sublime.host.timing import set_timeout

resources: dict[str, str] = {}
_settings: dict[str, Settings] = {}


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


def load_settings(base_name: str) -> Settings:
    rules.on_main_thread("sublime.load_settings")
    if base_name not in _settings:
        without_comments = re.sub(r"^\s*//.*$", "", resources[base_name], flags=re.MULTILINE)
        _settings[base_name] = Settings(json.loads(without_comments))
    return _settings[base_name]
