"""macOS: a launchd agent in the user's GUI session, which restarts it after a crash."""

from __future__ import annotations

import plistlib
import re
from pathlib import Path
from typing import Any

from hivesync_agent.service.autostart import (
    Installed,
    ServiceUnavailable,
    insist,
    profile_in,
    replace_file,
    run,
)
from hivesync_agent.service.job import RESTART_SECONDS, STOP_SECONDS, Job
from hivesync_agent.service.state import ServiceKind, ServiceState

_LABEL = "dev.hivesync.agent"


class LaunchAgent:
    """`~/Library/LaunchAgents/dev.hivesync.agent[.<profile>].plist`."""

    def __init__(self, home: Path, user_id: int) -> None:
        self._folder = home / "Library" / "LaunchAgents"
        self._home = home
        self._domain = f"gui/{user_id}"

    def install(self, job: Job) -> None:
        """Write and load it anew; loading starts it. Raise `ServiceUnavailable` outside a GUI session."""
        if run("launchctl", "print", self._domain).returncode != 0:
            raise ServiceUnavailable(
                "Nobody is signed in to this Mac's desktop (an ssh session has no launchd domain). "
                "Run this in a terminal on the desktop, or use `hivesync agent start`."
            )
        replace_file(self._path(job), plistlib.dumps(self._plist(job)))
        self._unload(job)
        # The user may have disabled it in an earlier life; launchd remembers that apart from the file.
        insist(run("launchctl", "enable", self._target(job)))
        insist(run("launchctl", "bootstrap", self._domain, str(self._path(job))))

    def uninstall(self, job: Job) -> bool:
        """Unload and remove."""
        existed = self._path(job).exists()
        self._unload(job)
        self._path(job).unlink(missing_ok=True)
        return existed

    def start(self, job: Job) -> bool:
        """Start it if it is loaded."""
        if not self._path(job).exists():
            return False
        return run("launchctl", "kickstart", self._target(job)).returncode == 0

    def state(self, job: Job) -> ServiceState:
        """Read the file and ask launchd."""
        path = self._path(job)
        told = run("launchctl", "print", self._target(job))
        pid = re.search(r"^\s*pid = (\d+)$", told.stdout, re.MULTILINE) if told.returncode == 0 else None
        return ServiceState(
            kind=ServiceKind.LAUNCHD,
            path=str(path),
            installed=path.exists(),
            enabled=path.exists() and told.returncode == 0,
            running=pid is not None,
            is_current=self._written(path) == self._plist(job),
            pid=int(pid[1]) if pid else None,
            detail="" if told.returncode == 0 or not path.exists() else "It is not loaded; install it again.",
        )

    def installed(self) -> list[Installed]:
        """Read the property lists."""
        found = []
        for path in sorted(self._folder.glob(f"{_LABEL}*.plist")):
            if (profile := profile_in(path.name, _LABEL, ".plist")) is not None:
                written = self._written(path)
                variables = written.get("EnvironmentVariables") if isinstance(written, dict) else None
                found.append(Installed(profile, dict(variables or {})))
        return found

    def _plist(self, job: Job) -> dict[str, Any]:
        """Give the property list: keys of launchd.plist(5)."""
        return {
            "Label": _label(job),
            "ProgramArguments": list(job.command),
            "EnvironmentVariables": dict(job.environment),
            "WorkingDirectory": str(self._home),
            "RunAtLoad": True,
            # An agent that ends by itself was told to; only a crash brings it back.
            "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": max(10, RESTART_SECONDS),
            "ExitTimeOut": STOP_SECONDS,
            "Umask": 0o077,
            "StandardOutPath": str(job.output),
            "StandardErrorPath": str(job.output),
        }

    def _written(self, path: Path) -> Any:
        try:
            return plistlib.loads(path.read_bytes())
        except (OSError, plistlib.InvalidFileException):
            return None

    def _unload(self, job: Job) -> None:
        run("launchctl", "bootout", "--wait", self._target(job))

    def _target(self, job: Job) -> str:
        return f"{self._domain}/{_label(job)}"

    def _path(self, job: Job) -> Path:
        return self._folder / f"{_label(job)}.plist"


def _label(job: Job) -> str:
    return f"{_LABEL}{job.suffix}"
