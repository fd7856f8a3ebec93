"""A machine of its own for every test of the command: a scripted backend and, where asked for, agent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hivesync.credentials import Account, choose_store, new_session
from hivesync.credentials.plaintext import PlaintextStore
from hivesync.preferences import Preferences
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.fake_backend import USER, FakeBackend


@pytest.fixture
async def backend() -> AsyncIterator[FakeBackend]:
    """A backend that listens."""
    async with FakeBackend() as server:
        yield server


@pytest.fixture
def hivesync(tmp_path: Path, backend: FakeBackend) -> CommandLine:
    """The command on this machine."""
    return CommandLine(tmp_path, backend.origin)


@pytest.fixture
async def agent(hivesync: CommandLine) -> AsyncIterator[FakeAgent]:
    """A scripted agent that this machine's command finds."""
    async with FakeAgent(runtime=hivesync.locations.runtime) as server:
        yield server


@pytest.fixture
def store(hivesync: CommandLine) -> PlaintextStore:
    """The store of a user who has agreed to a file."""
    Preferences(plaintext_credentials=True).save(hivesync.locations)
    return PlaintextStore(Account(hivesync.server_url, "default").plaintext_path(hivesync.locations.state))


@pytest.fixture
def signed_in(backend: FakeBackend, hivesync: CommandLine, store: PlaintextStore) -> None:
    """A session in that store."""
    account = Account(hivesync.server_url, "default")
    choose_store(account, hivesync.locations).save(new_session(backend.issue().refresh_token, USER.id))
