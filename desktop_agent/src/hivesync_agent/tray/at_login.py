"""The tray's own entry among what the desktop starts at login: one file or value, which nothing runs now.

Not the agent's service: that one also runs where there is no desktop, and is restarted after a crash.
"""

from __future__ import annotations

import os
import plistlib
import sys
from pathlib import Path
from typing import Protocol

from hivesync_agent.service.autostart import profile_in, replace_file
from hivesync_agent.service.job import Job
from hivesync_agent.service.windows import RUN_KEY, Registry, UserRegistry, run_line

_LABEL = "dev.hivesync.tray"
_VALUE = "HiveSync Tray"


class TrayEntry(Protocol):
    """One system's way. Adding twice is as good as once; `remove` tells whether there was one,
    `profiles` whose there are."""

    def add(self, job: Job) -> None: ...

    def remove(self, job: Job) -> bool: ...

    def exists(self, job: Job) -> bool: ...

    def profiles(self) -> list[str]: ...


def tray_entry() -> TrayEntry:
    """Give this system's way."""
    if sys.platform == "win32":
        return RunValue(UserRegistry())
    if sys.platform == "darwin":
        return LaunchFile(Path.home())
    config = os.environ.get("XDG_CONFIG_HOME", "")
    return DesktopEntry(Path(config) if config.startswith("/") else Path.home() / ".config")


class _File:
    """An entry that is a file, whose name begins and ends the same for every profile."""

    def __init__(self, folder: Path, before: str, after: str) -> None:
        self._folder = folder
        self._before = before
        self._after = after

    def remove(self, job: Job) -> bool:
        """Remove it."""
        existed = self.exists(job)
        self._path(job).unlink(missing_ok=True)
        return existed

    def exists(self, job: Job) -> bool:
        """Look."""
        return self._path(job).exists()

    def profiles(self) -> list[str]:
        """Look at the names."""
        found = (path.name for path in self._folder.glob(f"{self._before}*{self._after}"))
        return sorted(filter(None, (profile_in(name, self._before, self._after) for name in found)))

    def _path(self, job: Job) -> Path:
        return self._folder / f"{self._before}{job.suffix}{self._after}"


class DesktopEntry(_File):
    """Linux: `autostart/hivesync-tray[.<profile>].desktop`, by the XDG autostart specification."""

    def __init__(self, config: Path) -> None:
        super().__init__(config / "autostart", "hivesync-tray", ".desktop")

    def add(self, job: Job) -> None:
        """Write it."""
        assignments = [f"{name}={value}" for name, value in job.environment.items()]
        command = ["/usr/bin/env", *assignments, *_command(job)]
        lines = [
            "[Desktop Entry]",
            "Type=Application",
            "Name=HiveSync",
            "Comment=Status, previews and their codes in the panel",
            f"Exec={' '.join(map(_quoted, command))}",
            "Terminal=false",
            "",
        ]
        replace_file(self._path(job), "\n".join(lines).encode())


class LaunchFile(_File):
    """macOS: `~/Library/LaunchAgents/dev.hivesync.tray[.<profile>].plist`, read at the next login."""

    def __init__(self, home: Path) -> None:
        super().__init__(home / "Library" / "LaunchAgents", _LABEL, ".plist")

    def add(self, job: Job) -> None:
        """Write it."""
        plist = {
            "Label": f"{_LABEL}{job.suffix}",
            "ProgramArguments": _command(job),
            "EnvironmentVariables": dict(job.environment),
            "RunAtLoad": True,
            # Only in a session with a menu bar.
            "LimitLoadToSessionType": "Aqua",
        }
        replace_file(self._path(job), plistlib.dumps(plist))


class RunValue:
    """Windows: the value `HiveSync Tray[.<profile>]` of the Run key, which carries no variables."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def add(self, job: Job) -> None:
        """Set it."""
        self._registry.set(RUN_KEY, _value(job), run_line(_command(job)))

    def remove(self, job: Job) -> bool:
        """Remove it."""
        return self._registry.delete(RUN_KEY, _value(job))

    def exists(self, job: Job) -> bool:
        """Look."""
        return self._registry.get(RUN_KEY, _value(job)) is not None

    def profiles(self) -> list[str]:
        """Look at the names."""
        found = self._registry.names(RUN_KEY)
        return sorted(filter(None, (profile_in(name, _VALUE) for name in found)))


def _command(job: Job) -> list[str]:
    return [job.command[0], "-P", "-m", "hivesync_agent.tray", "--profile", job.profile]


def _value(job: Job) -> str:
    return f"{_VALUE}{job.suffix}"


def _quoted(argument: str) -> str:
    """Quote by the Desktop Entry Specification, "The Exec key": once for the argument, and the backslashes
    once more since the value is a string; `%` begins a field code."""
    inner = "".join(f"\\{sign}" if sign in '"`$\\' else sign for sign in argument.replace("%", "%%"))
    return '"{}"'.format(inner.replace("\\", "\\\\"))
