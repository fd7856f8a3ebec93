"""Sublime Text: one file among its installed packages."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hivesync_agent.plugins import sublime_package
from hivesync_agent.plugins.bundled import PluginMissing, plugin_folder
from hivesync_agent.plugins.machine import Machine
from hivesync_agent.plugins.place import Installed, Place

_VERSION = re.compile(r'^VERSION = "([^"]+)"', re.MULTILINE)


def sublime_places(machine: Machine) -> Iterator[Place]:
    """Give Sublime Text's place, if there is one."""
    name = "sublime-text" if not (machine.is_windows or machine.is_mac) else "Sublime Text"
    data = machine.application_data / name
    if machine.has("subl", "sublime_text") or data.is_dir():
        yield SublimePlace(data / "Installed Packages" / sublime_package.NAME)


@dataclass(frozen=True, slots=True)
class SublimePlace(Place):
    """The package's file. A folder of the same name in `Packages` is the user's own."""

    path: Path
    editor: str = "sublime"
    name: str = "Sublime Text"
    next_step: str = "It loads by itself; the palette (Ctrl+Shift+P) has “HiveSync: …”."

    def installed(self) -> Installed | None:
        if not self.path.exists():
            return None
        version = _version(self.path)
        if version is None:
            return Installed("unknown", ours=False)
        try:
            bundled = sublime_package.package_bytes(plugin_folder(self.editor))
        except PluginMissing:
            return Installed(version)
        return Installed(version, current=self.path.read_bytes() == bundled)

    def install(self) -> None:
        content = sublime_package.package_bytes(plugin_folder(self.editor))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # The editor loads what ends in `.sublime-package`, and so never the unfinished file.
        unfinished = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            unfinished.write_bytes(content)
            unfinished.replace(self.path)
        finally:
            unfinished.unlink(missing_ok=True)

    def remove(self) -> None:
        self.path.unlink()


def _version(package: Path) -> str | None:
    try:
        with zipfile.ZipFile(package) as archive:
            told = archive.read("client/version.py").decode("utf-8")
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None
    match = _VERSION.search(told)
    return match[1] if match else None
