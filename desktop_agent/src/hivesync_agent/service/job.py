"""What is to be started at login: command, environment, folders. Carries over no secret."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from hivesync.locations import Locations
from hivesync_contract.discovery import DEFAULT_PROFILE

from hivesync_agent.service.start_log import start_log

RESTART_SECONDS = 5
"""Pause between a crash and the next start."""
RESTARTS_MAX = 5
"""So many crashes within `RESTARTS_WINDOW_SECONDS`, and the agent stays down: it would only crash again."""
RESTARTS_WINDOW_SECONDS = 300
STOP_SECONDS = 20
"""How long an agent that drains may take before it is ended by force."""

_CARRIED = (
    "HIVESYNC_SERVER_URL",
    "HIVESYNC_RUNTIME_DIR",
    "HIVESYNC_CONFIG_DIR",
    "HIVESYNC_STATE_DIR",
    "HIVESYNC_LOG_DIR",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "PYTHON_KEYRING_BACKEND",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
)
"""An allow-list: HIVESYNC_TOKEN and everything else a shell may hold stays where it is."""


@dataclass(frozen=True, slots=True)
class Job:
    """One profile's agent as the desktop shall start it."""

    profile: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    output: Path
    """Where what the process prints goes, on systems that keep no journal."""
    left_out: tuple[str, ...] = field(default=())
    """Variables that were set but not carried over, since they hold a password."""

    @property
    def suffix(self) -> str:
        """Tell profiles apart in names; the default one needs no suffix."""
        return "" if self.profile == DEFAULT_PROFILE else f".{self.profile}"


def new_job(profile: str, locations: Locations, environ: Mapping[str, str] | None = None) -> Job:
    """Describe the agent of this installation with the settings of the calling shell.

    The interpreter of the environment is named, not a version of the package, so an upgrade in place
    needs no second install.
    """
    environ = os.environ if environ is None else environ
    carried = {name: environ[name] for name in _CARRIED if environ.get(name)}
    secret = tuple(name for name, value in carried.items() if _holds_password(value))
    # -P: a folder named hivesync_agent in the home folder must not be run in our place.
    command = (
        _windowless(sys.executable),
        "-P",
        "-m",
        "hivesync_agent",
        "--profile",
        profile,
        "agent",
        "run",
    )
    return Job(
        profile=profile,
        command=command,
        environment={name: value for name, value in carried.items() if name not in secret},
        output=start_log(locations, profile),
        left_out=secret,
    )


def _holds_password(value: str) -> bool:
    try:
        return urlsplit(value).password is not None
    except ValueError:
        return True


def _windowless(python: str) -> str:
    """On Windows `python.exe` would open a console window at every login."""
    path = Path(python)
    silent = path.with_name("pythonw.exe")
    return str(silent) if sys.platform == "win32" and silent.exists() else python
