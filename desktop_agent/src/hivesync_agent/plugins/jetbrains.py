"""JetBrains' IDEs and Android Studio: a folder among each version's plugins."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from hivesync_agent.plugins.bundled import PluginMissing, bundle_folder
from hivesync_agent.plugins.folder import Files, FolderPlace
from hivesync_agent.plugins.machine import Machine
from hivesync_agent.plugins.place import Place, PluginRefused

_NAMES = {
    "IntelliJIdea": "IntelliJ IDEA",
    "IdeaIC": "IntelliJ IDEA Community",
    "PyCharm": "PyCharm",
    "PyCharmCE": "PyCharm Community",
    "WebStorm": "WebStorm",
    "PhpStorm": "PhpStorm",
    "GoLand": "GoLand",
    "CLion": "CLion",
    "Rider": "Rider",
    "RubyMine": "RubyMine",
    "RustRover": "RustRover",
    "DataGrip": "DataGrip",
    "AndroidStudio": "Android Studio",
}
_VERSIONED = re.compile(r"([A-Za-z]+)(\d{4}\.\d(?:\.\d+)?)")


def jetbrains_places(machine: Machine) -> Iterator[Place]:
    """Give every version of every IDE that has run on this machine."""
    for vendor in ("JetBrains", "Google"):
        for settings in sorted((machine.application_data / vendor).glob("*")):
            match = _VERSIONED.fullmatch(settings.name)
            if match and match[1] in _NAMES and settings.is_dir():
                plugins = _plugins(machine, vendor, settings.name)
                name = f"{_NAMES[match[1]]} {match[2]}"
                step = "Restart it; Settings > Tools > HiveSync has the rest."
                yield FolderPlace("jetbrains", name, plugins / "hivesync", step, _files, plugins.parent)


def _plugins(machine: Machine, vendor: str, product: str) -> Path:
    """Give the folder of plugins: below the settings, but on Linux the one among the data itself."""
    if machine.is_windows or machine.is_mac:
        return machine.application_data / vendor / product / "plugins"
    return machine.local_data / vendor / product


def _files() -> Files:
    """Read the bundled plugin's archive, whose one top folder is the plugin; raise `PluginMissing`."""
    found = sorted((bundle_folder() / "jetbrains").glob("dist/*.zip"))
    if not found:
        raise PluginMissing(
            "This build of HiveSync has no plugin for JetBrains' IDEs; in a checkout, "
            "`.venv/bin/python -m hivesync_dev.jetbrains.plugin_zip` makes it."
        )
    with zipfile.ZipFile(found[-1]) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        return {_inside(name): archive.read(name) for name in names}


def _inside(name: str) -> str:
    parts = PurePosixPath(name).parts[1:]
    if not parts or ".." in parts or "\\" in name:
        raise PluginRefused(f"The bundled archive holds {name!r}, which is no file of a plugin.")
    return "/".join(parts)
