"""VS Code and its kin: the editor's own command installs the extension's file."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hivesync_agent import VERSION
from hivesync_agent.plugins.bundled import PluginMissing, bundle_folder
from hivesync_agent.plugins.machine import Machine
from hivesync_agent.plugins.place import Installed, Place, PluginRefused

_EXTENSION = "hivesync.hivesync"
_FOLDER = re.compile(re.escape(_EXTENSION) + r"-(\d[^-]*)(?:-.*)?")
_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Kin:
    """One of the family. `own`: its folder in the home folder, below which its extensions lie."""

    command: str
    name: str
    own: str
    mac: str = ""
    windows: str = ""


KIN = (
    Kin("code", "VS Code", ".vscode", "Visual Studio Code", "Microsoft VS Code/bin/code.cmd"),
    Kin(
        "code-insiders",
        "VS Code Insiders",
        ".vscode-insiders",
        "Visual Studio Code - Insiders",
        "Microsoft VS Code Insiders/bin/code-insiders.cmd",
    ),
    Kin("codium", "VSCodium", ".vscode-oss", "VSCodium", "VSCodium/bin/codium.cmd"),
    Kin("cursor", "Cursor", ".cursor", "Cursor", "cursor/resources/app/bin/cursor.cmd"),
    Kin("code-server", "code-server", ".local/share/code-server"),
)


def vscode_places(machine: Machine) -> Iterator[Place]:
    """Give each of the family whose command is found."""
    for kin in KIN:
        if command := _command(machine, kin):
            yield VsCodePlace(kin.name, _extensions(machine, kin), command)


def _extensions(machine: Machine, kin: Kin) -> Path:
    if kin.command == "code-server":
        return machine.local_data / "code-server" / "extensions"
    return machine.home / kin.own / "extensions"


def _command(machine: Machine, kin: Kin) -> str | None:
    """Find the command also where the user never put it on PATH, as is usual on macOS."""
    if found := machine.which(kin.command):
        return found
    if machine.is_mac and kin.mac:
        inside = f"{kin.mac}.app/Contents/Resources/app/bin/{kin.command}"
        usual = [Path("/Applications") / inside, machine.home / "Applications" / inside]
        # Both `code` and `code-insiders` are called `code` inside their applications.
        usual += [each.with_name("code") for each in usual]
    elif machine.is_windows and kin.windows:
        usual = [machine.local_data / "Programs" / kin.windows]
    else:
        usual = []
    return next((str(each) for each in usual if each.exists()), None)


@dataclass(frozen=True, slots=True)
class VsCodePlace(Place):
    """`path`: where the editor keeps its extensions; only the editor writes there."""

    name: str
    path: Path
    command: str
    editor: str = "vscode"
    next_step: str = "Reload its window; the palette has “HiveSync: …”."

    def installed(self) -> Installed | None:
        versions = [match[1] for each in self._folders() if (match := _FOLDER.fullmatch(each.name))]
        return Installed(versions[-1], current=versions == [VERSION]) if versions else None

    def install(self) -> None:
        self._run("--install-extension", str(_bundled()), "--force")

    def remove(self) -> None:
        self._run("--uninstall-extension", _EXTENSION)

    def _folders(self) -> list[Path]:
        obsolete = _obsolete(self.path / ".obsolete")
        return sorted(each for each in self.path.glob(f"{_EXTENSION}-*") if each.name not in obsolete)

    def _run(self, *arguments: str) -> None:
        try:
            done = subprocess.run(
                [self.command, *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as exc:
            raise PluginRefused(f"{self.name} could not be asked: {exc}") from exc
        if done.returncode != 0:
            lines = (done.stderr or done.stdout).strip().splitlines()
            raise PluginRefused(f"{self.name} refused: {lines[-1] if lines else 'it said nothing'}")


def _obsolete(file: Path) -> frozenset[str]:
    """Give the folders that were uninstalled, and that the editor deletes at its next start."""
    try:
        return frozenset(json.loads(file.read_bytes()))
    except (OSError, ValueError, TypeError):
        return frozenset()


def _bundled() -> Path:
    """Find the extension's file; raise `PluginMissing`."""
    found = sorted((bundle_folder() / "vscode").glob("*.vsix"))
    for file in reversed(found):
        with zipfile.ZipFile(file) as archive:
            manifest = json.loads(archive.read("extension/package.json"))
        if f"{manifest['publisher']}.{manifest['name']}" == _EXTENSION:
            return file
    raise PluginMissing(
        "This build of HiveSync has no extension for VS Code; in a checkout, "
        "`npm --prefix plugins_bridge/vscode run package` makes it."
    )
