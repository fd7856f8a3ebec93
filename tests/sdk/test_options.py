"""What a caller may want otherwise for one call, and how patient a call is by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from aiohttp import web
from hivesync import UNSET, AsyncClient, Mode, Offline, ServiceFailed, TooManyRequests
from hivesync_contract.tasks import Task, TaskStatus
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.fake_backend import USER
from hivesync_dev.servers.scripted import Handler, json_answer

from tests.sdk.test_resources import NOW

ME = "/api/v1/auth/me"
TASKS = "/api/v1/projects/p1/tasks"
TASK = Task("t1", "p1", "Mend", "", TaskStatus.OPEN, "u1", None, [], [], None, NOW, NOW, None)


def refuse_first(times: int, status: int, retry_after: str, **headers: str) -> Handler:
    """Give a handler that refuses so many times, and then answers."""
    left = [times]
    refusal = {"code": "RATE_LIMITED", "detail": "Slow down."}

    async def handle(request: web.Request) -> web.StreamResponse:
        left[0] -= 1
        if left[0] < 0:
            return await json_answer(USER)(request)
        return await json_answer(refusal, status, {"Retry-After": retry_after, **headers})(request)

    return handle


@pytest.mark.parametrize("status", [429, 503])
async def test_a_call_waits_as_long_as_the_backend_asks_for(
    agent: FakeAgent, client: AsyncClient, status: int
) -> None:
    agent.on("GET", ME, refuse_first(1, status, "1"))
    began = time.monotonic()
    assert await client.me() == USER
    assert time.monotonic() - began >= 1.0


async def test_a_key_goes_with_changes_only(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("GET", ME, json_answer(USER))
    await client.with_options(idempotency_key="once").me()
    (asked,) = agent.asked("GET", ME)
    assert "Idempotency-Key" not in asked.headers


async def test_a_call_that_is_refused_again_and_again_tells_it(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("GET", ME, refuse_first(99, 429, "0"))
    with pytest.raises(TooManyRequests):
        await client.me()
    assert len(agent.asked("GET", ME)) == 3


@pytest.mark.parametrize("retry_after", ["3600", "Wed, 21 Oct 2026 07:28:00 GMT", ""])
async def test_nobody_waits_for_an_hour_unasked(
    agent: FakeAgent, client: AsyncClient, retry_after: str
) -> None:
    agent.on("GET", ME, refuse_first(1, 429, retry_after))
    with pytest.raises(TooManyRequests):
        await client.me()


async def test_an_agent_without_network_is_believed_at_once(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("GET", ME, refuse_first(1, 503, "1", **{"X-HiveSync-Agent": "0.1.0"}))
    with pytest.raises(ServiceFailed):
        await client.me()
    assert len(agent.asked("GET", ME)) == 1


async def test_patience_can_be_forbidden_for_one_call(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("GET", ME, refuse_first(1, 429, "1"))
    with pytest.raises(TooManyRequests):
        await client.with_options(retries=0).me()
    assert await client.me() == USER


async def test_a_retry_of_a_change_has_the_same_key(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("DELETE", "/api/v1/projects/p1", refuse_first(1, 429, "0"))
    await client.projects.delete("p1")
    first, second = agent.asked("DELETE", "/api/v1/projects/p1")
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]


async def test_a_caller_may_bring_its_own_key_and_time_limit(agent: FakeAgent, client: AsyncClient) -> None:
    async def never(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(5)
        return web.Response()

    agent.on("POST", TASKS, json_answer(TASK, 201))
    agent.on("GET", TASKS, never)
    mine = client.with_options(idempotency_key="import-7", timeout_seconds=0.2)
    assert await mine.projects.tasks("p1").create("Mend") == TASK
    assert agent.requests[-1].headers["Idempotency-Key"] == "import-7"
    with pytest.raises(Offline, match="too long"):
        _ = [task async for task in mine.projects.tasks("p1").list()]
    assert agent.proofs <= 2, "connections are shared"


async def test_a_header_of_the_caller_s_own_is_sent_once_however_it_is_spelt(
    agent: FakeAgent, client: AsyncClient
) -> None:
    sent: list[list[str]] = []

    async def made(request: web.Request) -> web.StreamResponse:
        sent.extend(request.headers.getall(name) for name in ("Idempotency-Key", "Content-Type", "Accept"))
        return await json_answer({}, 201)(request)

    agent.on("POST", TASKS, made)
    own = {"idempotency-key": "row-7", "content-type": "application/json; v=1", "ACCEPT": "text/plain"}
    await client.request("POST", TASKS, json={}, headers=own)
    assert sent == [["row-7"], ["application/json; v=1"], ["text/plain"]]


async def test_what_is_not_given_stays_and_none_clears(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("PATCH", f"{TASKS}/t1", json_answer(TASK))
    tasks = client.projects.tasks("p1")
    await tasks.update("t1", assignee_id=None, if_match='"v1"')
    assert (agent.requests[-1].json(), agent.requests[-1].headers["If-Match"]) == (
        {"assignee_id": None},
        '"v1"',
    )
    await tasks.update("t1", title="New", due_at=NOW, description=UNSET)
    assert agent.requests[-1].json() == {"title": "New", "due_at": "2026-11-23T00:00:00Z"}
    assert "If-Match" not in agent.requests[-1].headers


@pytest.mark.usefixtures("signed_in")
async def test_what_the_agent_does_not_relay_goes_direct(
    agent: FakeAgent, new_client: Callable[..., AsyncClient]
) -> None:
    client = new_client()
    answer = await client.request("GET", "/v1/status")
    assert answer.mode is Mode.PROXY
    with pytest.raises(Exception, match="nothing here"):
        await client.security.change_password("old password", "new password")
    assert [each.path for each in agent.requests if "password" in each.path] == []
