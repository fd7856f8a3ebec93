"""Worlds of their own for one command: a limit or a network that is broken there, and nowhere else."""

from __future__ import annotations

import subprocess

import pytest

from hivesync_dev.testing import require_tool


def no_network() -> tuple[str, ...]:
    """Give the command that runs another one where not even loopback works; skip if that is not allowed."""
    return _allowed("--user", "--map-root-user", "--net")


def with_user_limit(name: str, value: int) -> tuple[str, ...]:
    """Give the command that runs another one under a limit of `/proc/sys/user`, which nobody else feels."""
    inside = _allowed("--user", "--map-root-user")
    return (*inside, "sh", "-c", f'echo {value} > /proc/sys/user/{name}; exec "$@"', "sh")


def _allowed(*options: str) -> tuple[str, ...]:
    command = (require_tool("unshare", "it is part of util-linux"), *options)
    tried = subprocess.run([*command, "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"namespaces are not allowed here: {tried.stderr.strip()}")
    return command
