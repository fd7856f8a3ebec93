"""What finding editors needs to know of this machine; tests describe others with it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """`platform`: a value of `sys.platform`. `which`: where a program of PATH lies."""

    platform: str
    environ: Mapping[str, str]
    home: Path
    which: Callable[[str], str | None]

    @classmethod
    def here(cls) -> Machine:
        """Give the machine that this runs on."""
        return cls(
            sys.platform, os.environ, Path.home(), lambda name: find_program(name, os.environ, sys.platform)
        )

    @property
    def is_windows(self) -> bool:
        return self.platform == "win32"

    @property
    def is_mac(self) -> bool:
        return self.platform == "darwin"

    @property
    def application_data(self) -> Path:
        """Give where programs keep what is the user's own (on Linux by XDG: settings)."""
        if self.is_windows:
            return self._folder("APPDATA", "AppData/Roaming")
        if self.is_mac:
            return self.home / "Library" / "Application Support"
        return self._folder("XDG_CONFIG_HOME", ".config")

    @property
    def local_data(self) -> Path:
        """Give where programs keep what belongs to this machine."""
        if self.is_windows:
            return self._folder("LOCALAPPDATA", "AppData/Local")
        return self._folder("XDG_DATA_HOME", ".local/share")

    def has(self, *programs: str) -> bool:
        """Tell whether one of these programs is on PATH."""
        return any(self.which(program) for program in programs)

    def _folder(self, variable: str, default: str) -> Path:
        value = self.environ.get(variable, "")
        # XDG: a relative value is ignored. Windows always has whole paths there.
        return Path(value) if value.startswith("/") or (self.is_windows and value) else self.home / default


def find_program(name: str, environ: Mapping[str, str], platform: str) -> str | None:
    """Give where a program of PATH lies. Never in the current folder, which Windows looks at first, and
    `shutil.which` there, too: it may be a project of strangers.
    """
    endings = environ.get("PATHEXT", ".COM;.EXE;.BAT;.CMD").split(";") if platform == "win32" else [""]
    folders = filter(os.path.isabs, environ.get("PATH", os.defpath).split(os.pathsep))
    paths = (os.path.join(folder, name + ending) for folder in folders for ending in endings)
    return next((path for path in paths if os.path.isfile(path) and os.access(path, os.X_OK)), None)
