"""Access tokens: renewed once for everybody, and given up only when the backend itself says so."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hivesync.credentials.errors import SignedOut
from hivesync.credentials.refresh import Refresher
from hivesync.credentials.session import StoredSession, new_session
from hivesync.credentials.steps import Answer, Post
from hivesync.credentials.store import MemoryStore
from hivesync_agent.session.access import AccessTokens
from hivesync_agent.settings import AgentSettings
from hivesync_agent.upstream import UpstreamUnreachable
from hivesync_contract.errors import ErrorCode, Problem
from hivesync_contract.identity import User
from hivesync_dev.servers.agents import RunningAgent, running_agent
from hivesync_dev.servers.upstream_backend import UpstreamBackend
from hivesync_dev.waiting import holds


async def session(agent: RunningAgent) -> dict[str, object]:
    """Ask for the session as an editor does."""
    async with agent.http.get(f"{agent.url}/v1/session") as answer:
        assert answer.status == 200
        body: dict[str, object] = await answer.json()
        return body


async def test_fifty_refused_requests_refresh_once(signed_in: RunningAgent, backend: UpstreamBackend) -> None:
    before = backend.identity.refreshes
    backend.identity.end_access_tokens()
    url = f"{signed_in.url}/api/v1/echo"
    answers = await asyncio.gather(*(signed_in.http.get(url) for _ in range(50)))
    assert [answer.status for answer in answers] == [200] * 50
    assert backend.identity.refreshes == before + 1


async def test_a_token_that_was_refused_is_not_taken_out_of_the_store_again(signed_in: RunningAgent) -> None:
    access = signed_in.agent.access
    refused = await access.access_token()
    access.discard(refused)
    assert await access.access_token() != refused


async def test_fifty_first_requests_refresh_once(
    agent: RunningAgent, backend: UpstreamBackend, store: MemoryStore
) -> None:
    store.save(new_session(str(backend.identity.sign_in()["refresh_token"]), ""))
    url = f"{agent.url}/api/v1/echo"
    answers = await asyncio.gather(*(agent.http.get(url) for _ in range(50)))
    assert [answer.status for answer in answers] == [200] * 50
    assert backend.identity.refreshes == 1


async def test_a_client_that_leaves_does_not_break_the_refresh_of_the_others(
    signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    backend.identity.end_access_tokens()
    url = f"{signed_in.url}/api/v1/echo"
    asking = [asyncio.create_task(signed_in.http.get(url)) for _ in range(10)]
    await asyncio.sleep(0)
    asking[0].cancel()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert [getattr(answer, "status", None) for answer in answers[1:]] == [200] * 9


async def test_the_refresh_token_rotates_in_the_store(
    signed_in: RunningAgent, backend: UpstreamBackend, store: MemoryStore
) -> None:
    before = store.load()
    backend.identity.end_access_tokens()
    await signed_in.http.get(f"{signed_in.url}/api/v1/echo")
    after = store.load()
    assert before is not None
    assert after is not None
    assert after.refresh_token != before.refresh_token
    assert after.access_token == signed_in.agent.access.current()


async def test_a_lost_answer_costs_nothing(
    agent: RunningAgent, backend: UpstreamBackend, store: MemoryStore
) -> None:
    store.save(new_session(str(backend.identity.sign_in()["refresh_token"]), ""))
    backend.identity.lose_refresh_answers = 1
    async with agent.http.get(f"{agent.url}/api/v1/echo") as lost:
        assert lost.status == 503
    assert store.load() is not None
    async with agent.http.get(f"{agent.url}/api/v1/echo") as answer:
        assert answer.status == 200


@pytest.mark.parametrize("code", [ErrorCode.AUTH_INVALID, ErrorCode.AUTH_EXPIRED])
async def test_the_backends_refusal_ends_the_session_and_says_why(
    signed_in: RunningAgent, backend: UpstreamBackend, store: MemoryStore, code: ErrorCode
) -> None:
    backend.identity.end_access_tokens()
    backend.identity.refresh_problem = Problem("Unauthorized", 401, code, "ended")
    async with signed_in.http.get(f"{signed_in.url}/api/v1/echo") as answer:
        assert answer.status == 401
        assert answer.headers["X-HiveSync-Agent"]
    state = await session(signed_in)
    assert state["signed_in"] is False
    assert "hivesync login" in str(state["error"])
    assert store.load() is None


@pytest.mark.parametrize(
    "problem",
    [
        Problem("Error", 500, ErrorCode.INTERNAL_ERROR, "broken"),
        Problem("Error", 503, ErrorCode.UPSTREAM_UNREACHABLE, "away"),
        Problem("Error", 429, ErrorCode.RATE_LIMITED, "slower"),
        Problem("Error", 403, ErrorCode.FORBIDDEN, "a proxy's page"),
    ],
)
async def test_any_other_failure_leaves_the_user_signed_in(
    signed_in: RunningAgent, backend: UpstreamBackend, store: MemoryStore, problem: Problem
) -> None:
    backend.identity.end_access_tokens()
    backend.identity.refresh_problem = problem
    async with signed_in.http.get(f"{signed_in.url}/api/v1/echo") as answer:
        assert answer.status == 503
    assert (await session(signed_in))["signed_in"] is True
    assert store.load() is not None
    backend.identity.refresh_problem = None
    async with signed_in.http.get(f"{signed_in.url}/api/v1/echo") as answer:
        assert answer.status == 200


async def test_offline_is_not_signed_out(
    signed_in: RunningAgent, backend: UpstreamBackend, store: MemoryStore
) -> None:
    backend.identity.end_access_tokens()
    await backend.stop()
    with pytest.raises(UpstreamUnreachable):
        await signed_in.agent.access.replace_token(await signed_in.agent.access.access_token())
    assert (await session(signed_in))["signed_in"] is True
    assert store.load() is not None


async def test_a_sign_in_of_the_command_line_is_found(
    agent: RunningAgent, backend: UpstreamBackend, store: MemoryStore
) -> None:
    assert (await session(agent))["signed_in"] is False
    store.save(new_session(str(backend.identity.sign_in()["refresh_token"]), ""))
    assert (await session(agent))["signed_in"] is True


class SlowStore(MemoryStore):
    """A store whose first answer is on its way until `may_answer`."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked, self.may_answer = threading.Event(), threading.Event()

    def load(self) -> StoredSession | None:
        session = super().load()
        if not self.is_asked.is_set():
            self.is_asked.set()
            assert self.may_answer.wait(10)
        return session


async def test_who_signs_in_is_not_told_what_the_store_held_before(tmp_path: Path) -> None:
    store = SlowStore()
    tokens = AccessTokens(Refresher(store, tmp_path / "lock"), no_backend, lambda *_: None)
    earlier = asyncio.create_task(tokens.access_token())
    assert await asyncio.to_thread(store.is_asked.wait, 10)
    store.save(new_session("refresh", "", "access", expires_in=600))
    later = asyncio.create_task(tokens.access_token())
    await asyncio.sleep(0)
    store.may_answer.set()
    assert await later == "access"
    with pytest.raises(SignedOut):
        await earlier


async def no_backend(_: Post) -> Answer:
    """Answer nothing: what the store holds is enough."""
    raise AssertionError("asked the backend")


async def test_a_session_that_another_process_replaced_is_not_erased(
    signed_in: RunningAgent, backend: UpstreamBackend, store: MemoryStore
) -> None:
    """The backend refuses the old token; meanwhile the command line has stored another session."""
    backend.identity.revoke_all()
    store.save(new_session(str(backend.identity.sign_in()["refresh_token"]), ""))
    async with signed_in.http.get(f"{signed_in.url}/api/v1/echo") as answer:
        assert answer.status == 200
    assert store.load() is not None


async def test_a_token_is_renewed_before_it_ends(
    agent: RunningAgent, backend: UpstreamBackend, store: MemoryStore
) -> None:
    backend.identity.access_seconds = 30
    store.save(new_session(str(backend.identity.sign_in()["refresh_token"]), ""))
    first = await agent.agent.access.access_token()
    backend.identity.access_seconds = 900
    assert agent.agent.access.current() == first  # still good, so nobody waits
    await holds(lambda: agent.agent.access.current() != first)
    assert backend.identity.refreshes == 2


@pytest.fixture
async def with_api_key(settings: AgentSettings) -> AsyncIterator[RunningAgent]:
    """An agent that was given HIVESYNC_TOKEN."""
    async with running_agent(dataclasses.replace(settings, api_key="hs_key_of_a_script")) as agent:
        yield agent


async def test_an_api_key_wins_and_is_never_refreshed(
    with_api_key: RunningAgent, backend: UpstreamBackend
) -> None:
    async with with_api_key.http.get(f"{with_api_key.url}/api/v1/echo") as answer:
        assert answer.status == 401
    assert backend.relayed()[0].header("Authorization") == "Bearer hs_key_of_a_script"
    assert backend.identity.refreshes == 0
    login = await with_api_key.http.post(f"{with_api_key.url}/v1/session/login", json={})
    assert login.status == 422


async def test_the_agents_own_calls_are_signed_and_repeated_once(
    signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    backend.identity.end_access_tokens()
    user = await signed_in.agent.upstream.call("GET", "/auth/me", decode=User)
    assert user.username == "ada"
    backend.identity.revoke_all()
    with pytest.raises(SignedOut):
        await signed_in.agent.upstream.call("GET", "/auth/me", decode=User)


def move_clock(running: RunningAgent, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Set the wall clock of everything that looks at it."""
    now, access = time.time, running.agent.access
    assert isinstance(access, AccessTokens)
    monkeypatch.setattr(time, "time", lambda: now() + seconds)
    monkeypatch.setattr(access, "_clock", time.time)
    monkeypatch.setattr(access, "_refresher", dataclasses.replace(access._refresher, clock=time.time))


@pytest.mark.parametrize("hours", [8, 24 * 400])
async def test_a_token_that_ended_while_the_machine_slept_is_renewed_and_not_tried(
    signed_in: RunningAgent, backend: UpstreamBackend, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    before = backend.identity.refreshes
    backend.identity.end_access_tokens()
    move_clock(signed_in, monkeypatch, hours * 3600)
    async with signed_in.http.get(f"{signed_in.url}/api/v1/echo") as answer:
        assert answer.status == 200
    relayed = [seen for seen in backend.relayed() if seen.target == "/api/v1/echo"]
    assert (len(relayed), backend.identity.refreshes) == (1, before + 1)


async def test_a_clock_that_is_set_back_costs_a_refusal_and_no_session(
    signed_in: RunningAgent, backend: UpstreamBackend, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its clock the token is good for a year more; the backend knows better."""
    move_clock(signed_in, monkeypatch, -365 * 24 * 3600)
    before = backend.identity.refreshes
    backend.identity.end_access_tokens()
    for _ in range(2):
        async with signed_in.http.get(f"{signed_in.url}/api/v1/echo") as answer:
            assert answer.status == 200
    assert backend.identity.refreshes == before + 1
    assert store.load() is not None
