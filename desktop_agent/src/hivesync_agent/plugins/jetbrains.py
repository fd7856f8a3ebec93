"""JetBrains' IDEs and Android Studio: a folder among each version's plugins."""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from hivesync_agent.plugins.bundled import PluginMissing, bundle_folder
from hivesync_agent.plugins.folder import UNFINISHED, Files, FolderPlace
from hivesync_agent.plugins.machine import Machine
from hivesync_agent.plugins.place import Installed, Place, PluginRefused

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
_FORMER = "HiveSync"
_ID = b"<id>dev.hivesync</id>"
_VERSIONED = re.compile(r"([A-Za-z]+)(\d{4}\.\d(?:\.\d+)?)")


class IdePlace(FolderPlace):
    """One version of one IDE. The archive's top folder had another name once, and an IDE into which such an
    archive was installed by hand would load the plugin twice: that folder goes with the next installation.
    """

    __slots__ = ()

    def installed(self) -> Installed | None:
        former = self._former()
        if former is None:
            return super().installed()
        # Where case does not count, the two names are one folder.
        is_alone = not self.path.exists() or self.path.samefile(former)
        found = None if is_alone else super().installed()
        return replace(found, current=False) if found is not None else Installed("unknown")

    def install(self) -> None:
        super().install()
        self._drop_former()

    def remove(self) -> None:
        if self.path.exists():
            super().remove()
        self._drop_former()

    def _former(self) -> Path | None:
        """Give the folder of the former name if it holds our plugin: users may have one of their own."""
        folders = [
            each for each in self.path.parent.glob("*") if each.name == _FORMER and not each.is_symlink()
        ]
        return next((each for each in folders if any(map(_is_ours, each.glob("lib/hivesync-*.jar")))), None)

    def _drop_former(self) -> None:
        """In one step, so that no IDE meets half of it."""
        if former := self._former():
            gone = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=self.staging))
            former.rename(gone / "old")
            shutil.rmtree(gone)


def _is_ours(jar: Path) -> bool:
    try:
        with zipfile.ZipFile(jar) as archive:
            return _ID in archive.read("META-INF/plugin.xml")
    except (OSError, KeyError, zipfile.BadZipFile):
        return False


def jetbrains_places(machine: Machine) -> Iterator[Place]:
    """Give every version of every IDE that has run on this machine."""
    for vendor in ("JetBrains", "Google"):
        for settings in sorted((machine.application_data / vendor).glob("*")):
            match = _VERSIONED.fullmatch(settings.name)
            if match and match[1] in _NAMES and settings.is_dir():
                plugins = _plugins(machine, vendor, settings.name)
                name = f"{_NAMES[match[1]]} {match[2]}"
                step = "Restart it; Settings > Tools > HiveSync has the rest."
                yield IdePlace("jetbrains", name, plugins / "hivesync", step, _files, plugins.parent)


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
