"""Makes a session of what the environment and the settings say."""

from __future__ import annotations

from typing import Mapping

from .agent import AgentLink
from .command import HiveSyncCommand
from .direct import DirectLink, Tokens
from .places import Places
from .session import Session

LOCAL_SERVER = "http://127.0.0.1:4000"
"""The server of `make demo`; any other must be named."""


def connect(environ: Mapping[str, str], platform: str, command_name: str = "hivesync") -> Session:
    """Give a session; raise `HiveSyncError` for a setting that can't be used. Nothing is sent yet."""
    named = environ.get("HIVESYNC_SERVER_URL", "").rstrip("/")
    origin = named or LOCAL_SERVER
    places = Places(environ, platform)
    command = HiveSyncCommand(environ, command_name)
    direct = DirectLink(origin, Tokens(command, environ))
    return Session(AgentLink(places.discovery_file, named), direct, places.operations_folder(origin))
