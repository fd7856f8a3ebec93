"""What every system's way to start the agent at login offers, and the choice between them.

ServiceError
  ServiceUnavailable    this session can't have one; the detail says what to do instead
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hivesync_contract.discovery import DEFAULT_PROFILE, check_profile
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.service.job import Job
from hivesync_agent.service.state import ServiceState

_COMMAND_SECONDS = 60


class ServiceError(HiveSyncError):
    """The system's own tool refused; its words are in the detail."""


class ServiceUnavailable(ServiceError):
    """There is nothing here that starts programs at login."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A profile whose agent starts at login, with the variables that it then gets."""

    profile: str
    environment: Mapping[str, str]


class Autostart(Protocol):
    """One system's way. Installing twice is as good as once."""

    def install(self, job: Job) -> None:
        """Register the agent, enable it, and (re)start it now."""

    def uninstall(self, job: Job) -> bool:
        """Stop it and remove every trace; False if there was none."""

    def start(self, job: Job) -> bool:
        """Start the registered agent; False if none is registered or none can be started."""

    def state(self, job: Job) -> ServiceState:
        """Look; never raises for an absent service."""

    def installed(self) -> list[Installed]:
        """Give what is registered for this user, whatever the profile; by the files alone."""


def autostart() -> Autostart:
    """Give this system's way."""
    if sys.platform == "win32":
        from hivesync_agent.service.windows import RunKey, UserRegistry

        return RunKey(UserRegistry())
    if sys.platform == "darwin":
        from hivesync_agent.service.launchd import LaunchAgent

        return LaunchAgent(Path.home(), os.getuid())
    from hivesync_agent.service.systemd import UserUnit

    return UserUnit()


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run one of the system's tools, in a fixed language; its exit code is the caller's to judge."""
    environment = os.environ | {"LC_ALL": "C.UTF-8"}
    try:
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_COMMAND_SECONDS,
            env=environment,
        )
    except FileNotFoundError:
        return subprocess.CompletedProcess(command, 127, "", f"{command[0]} is not installed")
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", f"{command[0]} did not answer")


def insist(result: subprocess.CompletedProcess[str]) -> str:
    """Give what the tool printed, or raise `ServiceError` with what it complained of."""
    if result.returncode != 0:
        raise ServiceError(f"`{' '.join(result.args)}` failed: {(result.stderr or result.stdout).strip()}")
    return result.stdout


def profile_in(name: str, before: str, after: str = "") -> str | None:
    """Undo `Job.suffix`: give the profile of a name made of these parts, None for another's name."""
    middle = name.removeprefix(before).removesuffix(after)
    if name != f"{before}{middle}{after}":
        return None
    if not middle:
        return DEFAULT_PROFILE
    try:
        return check_profile(middle.removeprefix(".")) if middle.startswith(".") else None
    except ValueError:
        return None


def replace_file(path: Path, content: bytes) -> None:
    """Write in one step. The folder belongs to the system's tool, so its mode is left alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(name).replace(path)
