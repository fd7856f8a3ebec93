"""A machine of its own for every test, with a backend and, where asked for, an agent on real sockets."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from hivesync import AsyncClient, Locations, Settings
from hivesync.credentials import Account, new_session
from hivesync.credentials.plaintext import PlaintextStore
from hivesync.preferences import Preferences
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.fake_backend import USER, FakeBackend


@pytest.fixture
def locations(tmp_path: Path) -> Locations:
    """Folders of this test, with the user's consent to a plaintext store."""
    folders = Locations(tmp_path / "run", tmp_path / "config", tmp_path / "state", tmp_path / "log")
    Preferences(plaintext_credentials=True).save(folders)
    return folders


@pytest.fixture
async def backend() -> AsyncIterator[FakeBackend]:
    """A backend that listens."""
    async with FakeBackend() as server:
        yield server


@pytest.fixture
async def agent(locations: Locations) -> AsyncIterator[FakeAgent]:
    """An agent that listens and has published itself."""
    async with FakeAgent(runtime=locations.runtime) as server:
        yield server


@pytest.fixture
def settings(backend: FakeBackend) -> Settings:
    """Settings that name the test's backend."""
    return Settings(server_url=backend.origin)


@pytest.fixture
def store(locations: Locations, settings: Settings) -> PlaintextStore:
    """The credential store that the clients of this test share."""
    account = Account(settings.server_url, settings.profile)
    return PlaintextStore(account.plaintext_path(locations.state))


@pytest.fixture
def signed_in(backend: FakeBackend, store: PlaintextStore) -> None:
    """A session of the test's user in the shared store."""
    store.save(new_session(backend.issue().refresh_token, USER.id))


@pytest.fixture
async def new_client(locations: Locations, settings: Settings) -> AsyncIterator[Callable[..., AsyncClient]]:
    """A factory of clients that are closed at the end."""
    async with contextlib.AsyncExitStack() as stack:

        def create(**options: Any) -> AsyncClient:
            client = AsyncClient(**{"settings": settings, "locations": locations, **options})
            stack.push_async_callback(client.aclose)
            return client

        yield create


@pytest.fixture
def client(new_client: Callable[..., AsyncClient]) -> AsyncClient:
    """One client."""
    return new_client()
