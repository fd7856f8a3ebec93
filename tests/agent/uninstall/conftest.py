"""A user's account of its own, with real agents and a backend that listens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hivesync_dev.servers.fake_backend import FakeBackend
from hivesync_dev.user_account import UserAccount


@pytest.fixture
async def server() -> AsyncIterator[FakeBackend]:
    """A backend that listens."""
    async with FakeBackend() as backend:
        yield backend


@pytest.fixture
async def account(tmp_path: Path, server: FakeBackend) -> AsyncIterator[UserAccount]:
    """The command, with a home folder of its own; what a failed test leaves behind is removed."""
    home = tmp_path / "home"
    home.mkdir()
    line = UserAccount(tmp_path / "hivesync", server.origin, {"HOME": str(home)})
    yield line
    await line.uninstall("--discard-changes")
