"""Windows: an entry under HKCU\\…\\Run that starts a keeper, which starts the agent and restarts it.

Why not a scheduled task: a logon trigger may need an administrator, the policies of many companies forbid
it, and the Task Scheduler's defaults end a task after three days and on battery power. The Run key belongs
to the user, shows in Task Manager's "Startup apps", and needs nobody's consent. It restarts nothing, hence
the keeper.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Protocol

from hivesync.private_files import write_private

from hivesync_agent.detached import leave, spawn
from hivesync_agent.service.autostart import Installed, ServiceError, profile_in
from hivesync_agent.service.job import Job
from hivesync_agent.service.keeper import is_kept
from hivesync_agent.service.state import ServiceKind, ServiceState

RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
_APPROVED_KEY = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
_NAME = "HiveSync"
_COMMAND_MAX = 260
"""Longer commands of a Run key are not run: learn.microsoft.com, "Run and RunOnce Registry Keys"."""


class Registry(Protocol):
    """The user's hive, and nothing more of it than this needs."""

    def get(self, key: str, name: str) -> str | bytes | None:
        """Give a value, None if there is none."""

    def set(self, key: str, name: str, value: str) -> None:
        """Set a string."""

    def delete(self, key: str, name: str) -> bool:
        """Remove a value; False if there was none."""

    def names(self, key: str) -> list[str]:
        """Give the names of the values."""


class RunKey:
    """The value `HiveSync` or `HiveSync.<profile>`."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def install(self, job: Job) -> None:
        """Write the job, register its keeper, and start it now."""
        command = _keeper_command(job)
        line = run_line(command)
        write_private(_job_file(job), _job_text(job))
        self._registry.set(RUN_KEY, _name(job), line)
        # Whoever has switched it off in Task Manager and installs it again wants it on.
        self._registry.delete(_APPROVED_KEY, _name(job))
        _launch(command)

    def uninstall(self, job: Job) -> bool:
        """Remove value and file; the keeper ends once its file is gone and the agent has ended."""
        existed = self._registry.delete(RUN_KEY, _name(job))
        self._registry.delete(_APPROVED_KEY, _name(job))
        _job_file(job).unlink(missing_ok=True)
        return existed

    def installed(self) -> list[Installed]:
        """Read the values, and the job files that they name."""
        found = []
        for name in sorted(self._registry.names(RUN_KEY)):
            if (profile := profile_in(name, _NAME)) is not None:
                found.append(Installed(profile, _environment(self._registry.get(RUN_KEY, name))))
        return found

    def start(self, job: Job) -> bool:
        """Start the keeper if it is registered."""
        if self._registry.get(RUN_KEY, _name(job)) is None or not _job_file(job).exists():
            return False
        _launch(_keeper_command(job))
        return True

    def state(self, job: Job) -> ServiceState:
        """Read the registry, and whether a keeper holds its lock."""
        value = self._registry.get(RUN_KEY, _name(job))
        approval = self._registry.get(_APPROVED_KEY, _name(job))
        # Task Manager writes 12 bytes; an odd first one means "disabled".
        is_off = isinstance(approval, bytes) and approval[:1] != b"" and approval[0] % 2 == 1
        file = _job_file(job)
        return ServiceState(
            kind=ServiceKind.WINDOWS_RUN,
            path=f"HKCU\\{RUN_KEY}\\{_name(job)}",
            installed=value is not None,
            enabled=value is not None and not is_off,
            running=is_kept(file),
            is_current=value == subprocess.list2cmdline(_keeper_command(job))
            and file.exists()
            and file.read_bytes() == _job_text(job),
            pid=None,
            detail="It is switched off in Task Manager, Startup apps." if is_off else "",
        )


class UserRegistry:
    """HKEY_CURRENT_USER, by the standard library."""

    def get(self, key: str, name: str) -> str | bytes | None:
        """Give a value, None if there is none."""
        if sys.platform != "win32":
            raise ServiceError("Only Windows has a registry.")
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                value: str | bytes = winreg.QueryValueEx(opened, name)[0]
                return value
        except FileNotFoundError:
            return None

    def set(self, key: str, name: str, value: str) -> None:
        """Set a string."""
        if sys.platform != "win32":
            raise ServiceError("Only Windows has a registry.")
        import winreg

        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
            winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)

    def delete(self, key: str, name: str) -> bool:
        """Remove a value; False if there was none."""
        if sys.platform != "win32":
            raise ServiceError("Only Windows has a registry.")
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, 0, winreg.KEY_SET_VALUE) as opened:
                winreg.DeleteValue(opened, name)
                return True
        except FileNotFoundError:
            return False

    def names(self, key: str) -> list[str]:
        """Give the names of the values."""
        if sys.platform != "win32":
            raise ServiceError("Only Windows has a registry.")
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                return [winreg.EnumValue(opened, index)[0] for index in range(winreg.QueryInfoKey(opened)[1])]
        except FileNotFoundError:
            return []


def run_line(command: list[str]) -> str:
    """Give the value of a Run key for a command; raise `ServiceError` for one that Windows would not run."""
    line = subprocess.list2cmdline(command)
    if len(line) > _COMMAND_MAX:
        raise ServiceError(
            f"Windows starts no command of {len(line)} characters at login (at most {_COMMAND_MAX}). "
            "Install HiveSync in a folder with a shorter path."
        )
    return line


def _name(job: Job) -> str:
    return f"{_NAME}{job.suffix}"


def _environment(command: str | bytes | None) -> dict[str, str]:
    """Give the variables of the job whose keeper this command starts; none if its file is gone."""
    words = _quoted_words(command) if isinstance(command, str) else []
    try:
        job = json.loads(Path(words[-1]).read_bytes())
        return {str(name): str(value) for name, value in job["environment"].items()}
    except (IndexError, OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _quoted_words(command: str) -> list[str]:
    """Undo `list2cmdline` for our own command, whose words hold no quotation mark."""
    return [quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', command)]


def _job_file(job: Job) -> Path:
    # Beside the log, so that the folder is one of ours whatever the profile.
    return job.output.with_name(f"service.{job.profile}.json")


def _job_text(job: Job) -> bytes:
    return json.dumps({"command": job.command, "environment": dict(job.environment)}).encode()


def _keeper_command(job: Job) -> list[str]:
    return [job.command[0], "-P", "-m", "hivesync_agent.service.keeper", str(_job_file(job))]


def _launch(command: list[str]) -> None:
    leave(spawn(command, None))
