"""The tray's own entry among what the desktop starts at login: one file or value, which nothing runs now.

Not the agent's service: that one also runs where there is no desktop, and is restarted after a crash.
"""

from __future__ import annotations

import os
import plistlib
import subprocess
import sys
from pathlib import Path
from typing import Protocol

from hivesync_agent.service.autostart import replace_file
from hivesync_agent.service.job import Job
from hivesync_agent.service.windows import RUN_KEY, Registry, UserRegistry


class TrayEntry(Protocol):
    """One system's way. Adding twice is as good as once; `remove` tells whether there was one."""

    def add(self, job: Job) -> None: ...

    def remove(self, job: Job) -> bool: ...

    def exists(self, job: Job) -> bool: ...


def tray_entry() -> TrayEntry:
    """Give this system's way."""
    if sys.platform == "win32":
        return RunValue(UserRegistry())
    if sys.platform == "darwin":
        return LaunchFile(Path.home())
    config = os.environ.get("XDG_CONFIG_HOME", "")
    return DesktopEntry(Path(config) if config.startswith("/") else Path.home() / ".config")


class _File:
    """An entry that is a file."""

    def remove(self, job: Job) -> bool:
        """Remove it."""
        existed = self.exists(job)
        self._path(job).unlink(missing_ok=True)
        return existed

    def exists(self, job: Job) -> bool:
        """Look."""
        return self._path(job).exists()

    def _path(self, job: Job) -> Path:
        raise NotImplementedError


class DesktopEntry(_File):
    """Linux: `autostart/hivesync-tray[.<profile>].desktop`, by the XDG autostart specification."""

    def __init__(self, config: Path) -> None:
        self._folder = config / "autostart"

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

    def _path(self, job: Job) -> Path:
        return self._folder / f"hivesync-tray{job.suffix}.desktop"


class LaunchFile(_File):
    """macOS: `~/Library/LaunchAgents/dev.hivesync.tray[.<profile>].plist`, read at the next login."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "Library" / "LaunchAgents"

    def add(self, job: Job) -> None:
        """Write it."""
        plist = {
            "Label": f"dev.hivesync.tray{job.suffix}",
            "ProgramArguments": _command(job),
            "EnvironmentVariables": dict(job.environment),
            "RunAtLoad": True,
            # Only in a session with a menu bar.
            "LimitLoadToSessionType": "Aqua",
        }
        replace_file(self._path(job), plistlib.dumps(plist))

    def _path(self, job: Job) -> Path:
        return self._folder / f"dev.hivesync.tray{job.suffix}.plist"


class RunValue:
    """Windows: the value `HiveSync Tray[.<profile>]` of the Run key, which carries no variables."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def add(self, job: Job) -> None:
        """Set it."""
        self._registry.set(RUN_KEY, _value(job), subprocess.list2cmdline(_command(job)))

    def remove(self, job: Job) -> bool:
        """Remove it."""
        return self._registry.delete(RUN_KEY, _value(job))

    def exists(self, job: Job) -> bool:
        """Look."""
        return self._registry.get(RUN_KEY, _value(job)) is not None


def _command(job: Job) -> list[str]:
    return [job.command[0], "-P", "-m", "hivesync_agent.tray", "--profile", job.profile]


def _value(job: Job) -> str:
    return f"HiveSync Tray{job.suffix}"


def _quoted(argument: str) -> str:
    """Quote by the Desktop Entry Specification, "The Exec key": once for the argument, and the backslashes
    once more since the value is a string; `%` begins a field code."""
    inner = "".join(f"\\{sign}" if sign in '"`$\\' else sign for sign in argument.replace("%", "%%"))
    return '"{}"'.format(inner.replace("\\", "\\\\"))
