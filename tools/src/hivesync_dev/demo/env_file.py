"""`.demo/env`: `. .demo/env` points a shell's `hivesync` to the demo, never to the user's own agent."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from hivesync.private_files import write_private

from hivesync_dev.paths import DEMO

ENV_FILE = DEMO / "env"
_NAMES = (
    "HIVESYNC_SERVER_URL",
    "HIVESYNC_RUNTIME_DIR",
    "HIVESYNC_CONFIG_DIR",
    "HIVESYNC_STATE_DIR",
    "HIVESYNC_LOG_DIR",
    "PYTHON_KEYRING_BACKEND",
)
"""The last one keeps the demo's session out of the user's keychain."""


def write_env(environ: Mapping[str, str], path: Path = ENV_FILE) -> None:
    """Write what a client of the demo's agent needs, for any POSIX shell to read."""
    lines = [f"export {name}={shlex.quote(environ[name])}\n" for name in _NAMES]
    write_private(path, "".join(lines).encode())


def with_env(command: str) -> str:
    """Give the command as it is typed into a shell that does not know the demo yet."""
    return f". {shlex.quote(short_path(ENV_FILE))} && {command}"


def short_path(path: Path) -> str:
    """Give the path as it is typed in the current folder."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
