"""A plugin as a folder of files. It appears and goes in one step, and only what we put there is touched.

A marker among the files says whose it is: a folder without one is the user's own, such as a clone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hivesync_agent import VERSION
from hivesync_agent.plugins.bundled import PluginMissing
from hivesync_agent.plugins.place import Installed, Place

_MARKER = ".hivesync-plugin.json"
UNFINISHED = ".hivesync-unfinished-"

Files = Mapping[str, bytes]
"""What a plugin consists of, by path."""


@dataclass(frozen=True, slots=True)
class FolderPlace(Place):
    """`files` reads the bundled plugin, or raises `PluginMissing`."""

    editor: str
    name: str
    path: Path
    next_step: str
    files: Callable[[], Files]
    staging: Path
    """A folder of the same file system, in which the editor looks for nothing."""

    def installed(self) -> Installed | None:
        if not self.path.exists() and not self.path.is_symlink():
            return None
        marker = _read_marker(self.path)
        if marker is None:
            return Installed("unknown", ours=False)
        version, digest = marker
        is_current = version == VERSION and digest == _digest_of_folder(self.path) == self._bundled_digest()
        return Installed(version, current=is_current)

    def install(self) -> None:
        files = self.files()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.staging.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=self.staging))
        try:
            _write(made / "new", files)
            if self.path.exists():
                self.path.rename(made / "old")
            (made / "new").rename(self.path)
        except BaseException:
            if not self.path.exists() and (made / "old").exists():
                (made / "old").rename(self.path)
            raise
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def remove(self) -> None:
        gone = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=self.staging))
        self.path.rename(gone / "old")
        shutil.rmtree(gone)
        # The folders that install has made, as far as nobody else uses them.
        for folder in (self.path.parent, self.path.parent.parent):
            with contextlib.suppress(OSError):
                folder.rmdir()

    def _bundled_digest(self) -> str | None:
        try:
            return _digest(self.files())
        except PluginMissing:
            return None


def _write(folder: Path, files: Files) -> None:
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    marker = {"version": VERSION, "sha256": _digest(files)}
    (folder / _MARKER).write_text(json.dumps(marker), "utf-8")


def _read_marker(folder: Path) -> tuple[str, str] | None:
    if folder.is_symlink():
        return None
    try:
        marker = json.loads((folder / _MARKER).read_bytes())
        return str(marker["version"]), str(marker["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _digest_of_folder(folder: Path) -> str:
    files = (file for file in folder.rglob("*") if file.is_file() and file.name != _MARKER)
    return _digest({file.relative_to(folder).as_posix(): file.read_bytes() for file in files})


def _digest(files: Files) -> str:
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name}\0{hashlib.sha256(files[name]).hexdigest()}\n".encode())
    return total.hexdigest()
