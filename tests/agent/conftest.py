"""A backend and an agent on real sockets, with folders of their own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from blockbuster import blockbuster_ctx
from hivesync.credentials.session import new_session
from hivesync.credentials.store import MemoryStore
from hivesync_agent.settings import AgentSettings
from hivesync_agent.uninstall.footprint import footprint
from hivesync_dev.servers.agents import RunningAgent, locations_in, running_agent
from hivesync_dev.servers.upstream_backend import UpstreamBackend


@pytest.fixture(autouse=True)
def never_blocking() -> Iterator[None]:
    """Fail a test in which the agent blocks the event loop: file I/O, sleep, sockets, subprocesses."""
    with blockbuster_ctx("hivesync_agent"):
        yield


@pytest.fixture(autouse=True)
def only_known_files(tmp_path: Path) -> Iterator[None]:
    """Fail a test that leaves a file in the agent's folders which `hivesync uninstall` would not remove."""
    yield
    found = footprint(locations_in(tmp_path)).foreign
    unknown = [path for path in found if path.parent != tmp_path and _holds_files(path)]
    assert not unknown, "name these in hivesync_agent/uninstall/footprint.py"


def _holds_files(path: Path) -> bool:
    """Leave out what a test has put there to be in the way: a link, or what is empty."""
    within = (path, *path.rglob("*"))
    return not path.is_symlink() and any(each.is_file() and each.stat().st_size for each in within)


@pytest.fixture
async def backend() -> AsyncIterator[UpstreamBackend]:
    """A backend that listens."""
    backend = UpstreamBackend()
    await backend.start()
    yield backend
    await backend.stop()


@pytest.fixture
def drain_seconds() -> float:
    """How long an agent that ends waits for what is under way."""
    return 0.5


@pytest.fixture
def settings(backend: UpstreamBackend, tmp_path: Path, drain_seconds: float) -> AgentSettings:
    """Settings of an agent for that backend."""
    return AgentSettings(
        server_url=backend.url,
        profile="default",
        locations=locations_in(tmp_path),
        drain_seconds=drain_seconds,
    )


@pytest.fixture
def store() -> MemoryStore:
    """An empty credential store, which tests fill as the command line would."""
    return MemoryStore()


@pytest.fixture
async def agent(settings: AgentSettings, store: MemoryStore) -> AsyncIterator[RunningAgent]:
    """An agent that nobody is signed in to."""
    async with running_agent(settings, store) as running:
        yield running


@pytest.fixture
async def signed_in(agent: RunningAgent, store: MemoryStore, backend: UpstreamBackend) -> RunningAgent:
    """The same agent with a session of the backend's user."""
    store.save(new_session(str(backend.identity.sign_in()["refresh_token"]), ""))
    await agent.agent.access.access_token()
    return agent
