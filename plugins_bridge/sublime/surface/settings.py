"""The settings file, read on the editor's thread, as the environment that the client works with."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

import sublime

FILE = "HiveSync.sublime-settings"
_VARIABLES = {"server_url": "HIVESYNC_SERVER_URL", "profile": "HIVESYNC_PROFILE"}


@dataclass(frozen=True)
class PluginSettings:
    """`environ`: the editor's own, with what the settings name over it."""

    environ: dict[str, str] = field(repr=False)
    command: str
    platform: str
    shows_status: bool
    shows_diagnostics: bool
    poll_seconds: float


def read_settings() -> PluginSettings:
    """Read the settings as they are now."""
    told = sublime.load_settings(FILE)
    environ = dict(os.environ)
    for name, variable in _VARIABLES.items():
        value = told.get(name)
        if isinstance(value, str) and value:
            environ[variable] = value
    return PluginSettings(
        environ,
        str(told.get("hivesync_command") or "hivesync"),
        str(told.get("preview_platform") or "ios"),
        told.get("show_status", True) is not False,
        told.get("show_diagnostics", True) is not False,
        max(10.0, float(told.get("poll_seconds") or 60)),
    )
