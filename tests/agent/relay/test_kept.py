"""Reads while the backend is away: what this user was answered before, marked; nothing of anybody else's."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import aiohttp
import pytest
from hivesync.credentials.session import new_session
from hivesync.credentials.store import MemoryStore
from hivesync_agent.relay.cache import PrivateCache, key_of
from hivesync_agent.relay.kept import KeptAnswers
from hivesync_agent.settings import AgentSettings
from hivesync_agent.wire.messages import AnswerHead
from hivesync_dev.servers.agents import RunningAgent, running_agent
from hivesync_dev.servers.fake_identity import USER
from hivesync_dev.servers.upstream_backend import UpstreamBackend

PATH = "/api/v1/projects/1?expand=tasks"


async def read(agent: RunningAgent) -> aiohttp.ClientResponse:
    """Ask for the one thing that these tests read."""
    answer = await agent.http.get(f"{agent.url}{PATH}")
    await answer.read()
    return answer


@pytest.fixture
def store(backend: UpstreamBackend) -> MemoryStore:
    """A store in which the backend's user is signed in."""
    store = MemoryStore()
    sign_in(store, backend, str(USER["id"]))
    return store


def sign_in(store: MemoryStore, backend: UpstreamBackend, user_id: str) -> None:
    """Store a session of a user."""
    store.save(new_session(str(backend.identity.sign_in()["refresh_token"]), user_id))


def kept_file(settings: AgentSettings) -> Path:
    """Give the file of kept answers."""
    return settings.locations.state / "answers.default.bin"


async def test_a_read_is_answered_offline_with_its_age(
    settings: AgentSettings, store: MemoryStore, backend: UpstreamBackend
) -> None:
    async with running_agent(settings, store) as agent:
        online = await read(agent)
        assert online.headers.get("X-HiveSync-Offline") is None
        await backend.stop()
        offline = await read(agent)
        assert (offline.status, await offline.read()) == (200, await online.read())
        assert offline.headers["X-HiveSync-Offline"] == offline.headers["Age"]
        assert int(offline.headers["Age"]) < 60
        never = await agent.http.get(f"{agent.url}/api/v1/projects/2")
        assert never.status == 503
        written = await agent.http.post(f"{agent.url}{PATH}")
        assert written.status == 503


async def test_reads_work_offline_after_a_restart(
    settings: AgentSettings, store: MemoryStore, backend: UpstreamBackend
) -> None:
    async with running_agent(settings, store) as agent:
        before = await (await read(agent)).read()
    await backend.stop()
    async with running_agent(settings, store) as agent:
        await until_restored(agent)
        answer = await read(agent)
        assert (answer.status, await answer.read()) == (200, before)
        assert "X-HiveSync-Offline" in answer.headers


async def test_finding_the_same_users_session_late_forgets_nothing(
    settings: AgentSettings, store: MemoryStore, backend: UpstreamBackend
) -> None:
    async with running_agent(settings, store) as agent:
        await read(agent)
    await backend.stop()
    async with running_agent(settings, store) as agent:
        await agent.agent.access.access_token()
        await until_restored(agent)
        tokens = agent.agent._tokens
        tokens._token, tokens.user_id, tokens.signed_in = None, None, False
        await agent.agent.access.access_token()
        assert agent.agent.kept_answers.identified.is_set()
        assert (await read(agent)).status == 200


async def test_what_was_read_before_the_owner_was_known_is_kept_beside_what_is_older(tmp_path: Path) -> None:
    async def owner() -> str | None:
        return "ada"

    for target in ("/first", "/second"):
        cache = PrivateCache()
        head = AnswerHead(200, b"OK", [], {}, has_body=True, length=2)
        cache.store(key_of(target, {}), head, b"ok", cache.now())
        await KeptAnswers(cache, tmp_path / "kept" / "answers.bin", owner).close()
    cache = PrivateCache()
    await KeptAnswers(cache, tmp_path / "kept" / "answers.bin", owner).close()
    assert {target for (target, _), _ in cache.entries()} == {"/first", "/second"}


async def until_restored(agent: RunningAgent) -> None:
    """Wait until the agent has looked for kept answers."""
    await agent.agent.kept_answers.identified.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows guards the folder by its ACL")
async def test_the_file_is_the_users_alone_and_holds_no_token(
    settings: AgentSettings, store: MemoryStore, backend: UpstreamBackend
) -> None:
    async with running_agent(settings, store) as agent:
        await read(agent)
    path = kept_file(settings)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(path.parent).st_mode) == 0o700
    content = path.read_bytes()
    assert agent.token.encode() not in content
    assert not [token for token in backend.identity.issued if token.encode() in content]


@pytest.mark.parametrize("who", ["somebody-else", ""])
async def test_another_user_finds_nothing(
    settings: AgentSettings, store: MemoryStore, backend: UpstreamBackend, who: str
) -> None:
    async with running_agent(settings, store) as agent:
        await read(agent)
    sign_in(store, backend, who)
    await backend.stop()
    async with running_agent(settings, store) as agent:
        await until_restored(agent)
        assert (await read(agent)).status == 503
    assert not kept_file(settings).exists()


async def test_a_session_that_another_process_replaced_with_another_users_finds_nothing(
    settings: AgentSettings, store: MemoryStore, backend: UpstreamBackend
) -> None:
    """The agent does not hear of it before it needs a token: that is when the earlier user's answers go."""
    async with running_agent(settings, store) as agent:
        await read(agent)
        events = agent.agent.bus.subscribe(None)
        backend.identity.user = {**backend.identity.user, "id": "somebody-else"}
        sign_in(store, backend, "somebody-else")
        backend.identity.end_access_tokens()
        for _ in range(2):  # the question that found the other session is older than it, and not kept
            assert (await agent.http.get(f"{agent.url}/api/v1/projects/2")).status == 200
        await until_restored(agent)
        assert await agent.agent.operations.owner.current() == "somebody-else"
        await backend.stop()
        assert (await read(agent)).status == 503
        assert (await agent.http.get(f"{agent.url}/api/v1/projects/2")).status == 200
        assert "session.changed" in [event.type for event in await events.next()]
    async with running_agent(settings, store) as agent:
        await until_restored(agent)
        assert (await read(agent)).status == 503
        assert (await agent.http.get(f"{agent.url}/api/v1/projects/2")).status == 200


async def test_a_renewed_token_of_the_same_user_costs_no_answer(
    settings: AgentSettings, store: MemoryStore, backend: UpstreamBackend
) -> None:
    async with running_agent(settings, store) as agent:
        await read(agent)
        backend.identity.end_access_tokens()
        await agent.http.get(f"{agent.url}/api/v1/projects/2")
        await backend.stop()
        assert (await read(agent)).status == 200


async def test_another_profile_finds_nothing(
    settings: AgentSettings, store: MemoryStore, backend: UpstreamBackend
) -> None:
    async with running_agent(settings, store) as agent:
        await read(agent)
    await backend.stop()
    other = AgentSettings(settings.server_url, "work", settings.locations, drain_seconds=0.2)
    async with running_agent(other, store) as agent:
        await until_restored(agent)
        assert (await read(agent)).status == 503


async def test_signing_out_leaves_nothing_in_memory_or_on_disk(
    settings: AgentSettings, store: MemoryStore, backend: UpstreamBackend
) -> None:
    async with running_agent(settings, store) as agent:
        await read(agent)
    assert kept_file(settings).exists()
    async with running_agent(settings, store) as agent:
        await until_restored(agent)
        assert (await agent.http.delete(f"{agent.url}/v1/session")).status == 200
        await until_restored(agent)
        assert not kept_file(settings).exists()
        sign_in(store, backend, str(USER["id"]))
        await agent.agent.access.access_token()
        await backend.stop()
        assert (await read(agent)).status == 503


async def test_a_damaged_file_is_none(
    settings: AgentSettings, store: MemoryStore, backend: UpstreamBackend
) -> None:
    kept_file(settings).parent.mkdir(parents=True)
    kept_file(settings).write_bytes(b"\x93not msgpack")
    async with running_agent(settings, store) as agent:
        await until_restored(agent)
        assert (await read(agent)).status == 200
