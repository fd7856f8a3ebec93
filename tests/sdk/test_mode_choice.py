"""A client finds the agent, does without it, and finds it again: silently, and nothing twice."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

import pytest
from aiohttp import web
from hivesync import (
    AgentAbsent,
    AsyncClient,
    Conflicting,
    Locations,
    Mode,
    Offline,
    Settings,
    SettingsInvalid,
    SignedOut,
)
from hivesync._async import _router
from hivesync.credentials import Account
from hivesync_dev.servers.fake_agent import FakeAgent, agent_status
from hivesync_dev.servers.fake_backend import USER, FakeBackend
from hivesync_dev.servers.scripted import json_answer

ME = "/api/v1/auth/me"


async def test_a_running_agent_is_asked_and_the_backend_is_not(
    agent: FakeAgent, backend: FakeBackend, client: AsyncClient
) -> None:
    agent.on("GET", ME, json_answer(USER))
    assert await client.me() == USER
    assert (await client.request("GET", ME)).mode is Mode.PROXY
    assert backend.requests == []


async def test_the_proof_is_asked_once_for_each_connection_and_before_the_token(
    agent: FakeAgent, client: AsyncClient
) -> None:
    agent.on("GET", ME, json_answer(USER))
    for _ in range(3):
        await client.me()
    assert agent.proofs == 1
    assert agent.requests[0].path == "/"
    assert "Authorization" not in agent.requests[0].headers


@pytest.mark.usefixtures("signed_in")
async def test_without_an_agent_the_backend_is_asked_with_the_shared_session(
    backend: FakeBackend, client: AsyncClient
) -> None:
    assert await client.me() == USER
    assert backend.refreshes == 1


@pytest.mark.usefixtures("signed_in")
async def test_an_agent_that_comes_is_used_from_the_next_call_on(
    locations: Locations, client: AsyncClient
) -> None:
    assert (await client.request("GET", ME)).mode is Mode.DIRECT
    async with FakeAgent(runtime=locations.runtime) as agent:
        agent.on("GET", ME, json_answer(USER))
        assert (await client.request("GET", ME)).mode is Mode.PROXY
    assert (await client.request("GET", ME)).mode is Mode.DIRECT


@pytest.mark.usefixtures("signed_in")
async def test_a_crashed_agent_costs_no_call(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("GET", ME, json_answer(USER))
    assert (await client.request("GET", ME)).mode is Mode.PROXY
    await agent.crash()
    assert agent.discovery_path.exists()
    assert (await client.request("GET", ME)).mode is Mode.DIRECT


async def test_a_restarted_agent_is_followed_to_its_new_port_and_token(
    agent: FakeAgent, client: AsyncClient
) -> None:
    agent.on("GET", ME, json_answer(USER))
    await client.me()
    await agent.restart()
    assert await client.me() == USER


async def test_an_agent_that_is_restarted_in_a_call_that_was_lost_before_is_followed(
    agent: FakeAgent, client: AsyncClient
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        tries = len(agent.asked("GET", ME))
        if tries == 3:
            return await json_answer(USER)(request)
        if tries == 2:
            agent.publish()
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    agent.on("GET", ME, answer)
    assert (await client.request("GET", ME)).mode is Mode.PROXY


@pytest.mark.usefixtures("signed_in")
async def test_a_mutation_that_the_agent_dropped_is_repeated_under_the_same_key(
    agent: FakeAgent, backend: FakeBackend, client: AsyncClient
) -> None:
    async def die(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    agent.on("DELETE", "/api/v1/projects/p1", die)
    backend.on("DELETE", "/api/v1/projects/p1", json_answer(None))
    await client.projects.delete("p1")
    through_agent = agent.asked("DELETE", "/api/v1/projects/p1")
    (direct,) = backend.asked("DELETE", "/api/v1/projects/p1")
    assert len(through_agent) == 2  # a new connection shows whether the agent lives
    assert {each.headers["Idempotency-Key"] for each in (*through_agent, direct)} == {
        direct.headers["Idempotency-Key"]
    }


@pytest.mark.usefixtures("signed_in")
async def test_what_a_dead_agent_had_begun_is_waited_for(
    agent: FakeAgent, backend: FakeBackend, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/api/v1/projects/p1"
    busy = {"title": "Conflict", "status": 409, "code": "CONFLICT", "detail": "Still running."}
    done = json_answer(None)

    async def answer(request: web.Request) -> web.StreamResponse:
        is_first = len(backend.asked("DELETE", path)) == 1
        return await (json_answer(busy, 409, {"Retry-After": "1"}) if is_first else done)(request)

    backend.on("DELETE", path, answer)
    await agent.crash()
    await client.projects.delete("p1")
    keys = [asked.headers["Idempotency-Key"] for asked in backend.asked("DELETE", path)]
    assert len(keys) == 2
    assert len(set(keys)) == 1
    backend.on("DELETE", path, json_answer(busy, 409))
    with pytest.raises(Conflicting):
        await client.projects.delete("p1")
    assert len(backend.asked("DELETE", path)) == 3
    monkeypatch.setattr(_router, "_BUSY_SECONDS", 0.0)
    backend.on("DELETE", path, json_answer(busy, 409, {"Retry-After": "1"}))
    with pytest.raises(Conflicting):
        async with asyncio.timeout(10):
            await client.projects.delete("p1")


async def test_what_a_dead_agent_had_begun_is_waited_for_through_the_next_one_too(
    agent: FakeAgent, client: AsyncClient
) -> None:
    path = "/api/v1/projects/p1"
    busy = {"title": "Conflict", "status": 409, "code": "CONFLICT", "detail": "Still running."}

    async def answer(request: web.Request) -> web.StreamResponse:
        is_first = len(agent.asked("DELETE", path)) == 1
        return await (json_answer(busy, 409, {"Retry-After": "1"}) if is_first else json_answer(None))(
            request
        )

    agent.on("DELETE", path, answer)
    await client.projects.delete("p1")
    keys = [asked.headers["Idempotency-Key"] for asked in agent.asked("DELETE", path)]
    assert (len(keys), len(set(keys))) == (2, 1)


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"sum\n{",
        b"sum\n[]",
        b"sum\n{}",
        b'sum\n{"target": "/api/v1/projects/p1", "conflict": {}, "key": "k"}',
    ],
)
async def test_a_change_that_came_back_or_is_damaged_holds_no_other_up(
    backend: FakeBackend, client: AsyncClient, locations: Locations, settings: Settings, content: bytes
) -> None:
    folder = Account(settings.server_url, settings.profile).operations_folder(locations.state)
    folder.mkdir(parents=True)
    (folder / "0199c1b2-0000-7000-8000-000000000009.json").write_bytes(content)
    backend.on("DELETE", "/api/v1/projects/p1", json_answer(None))
    await client.projects.delete("p1")
    assert len(backend.asked("DELETE", "/api/v1/projects/p1")) == 1


@pytest.mark.usefixtures("signed_in")
async def test_nothing_overtakes_a_change_that_waits_in_the_agent(
    backend: FakeBackend, client: AsyncClient, locations: Locations, settings: Settings
) -> None:
    folder = Account(settings.server_url, settings.profile).operations_folder(locations.state)
    folder.mkdir(parents=True)
    kept = b'sum\n{"target": "/api/v1/projects/p1?a=b", "conflict": null, "key": "kept"}'
    (folder / "0199c1b2-0000-7000-8000-000000000009.json").write_bytes(kept)
    for project in ("p1", "p2"):
        backend.on("DELETE", f"/api/v1/projects/{project}", json_answer(None))
    backend.on("GET", "/api/v1/projects/p1", json_answer({}))
    with pytest.raises(Offline, match="waits in the agent"):
        await client.projects.delete("p1")
    assert backend.asked("DELETE", "/api/v1/projects/p1") == []
    assert (await client.request("GET", "/api/v1/projects/p1")).status == 200
    await client.projects.delete("p2")
    await client.with_options(idempotency_key="kept").projects.delete("p1")
    assert len(backend.asked("DELETE", "/api/v1/projects/p1")) == 1


async def test_an_agent_of_another_backend_gets_no_call_that_is_meant_for_this_one(
    agent: FakeAgent, client: AsyncClient
) -> None:
    agent.server_url = "https://other.example"
    agent.publish()
    with pytest.raises(SettingsInvalid, match=r"serves https://other\.example"):
        await client.projects.delete("p1")
    assert agent.asked("DELETE", "/api/v1/projects/p1") == []
    agent.on("GET", "/v1/status", json_answer(agent_status(agent.server_url)))
    assert (await client.agent.status()).server_url == agent.server_url, "about itself it may be asked"


async def test_what_only_the_agent_can_do_says_that_there_is_none(client: AsyncClient) -> None:
    with pytest.raises(AgentAbsent, match="does not run"):
        await client.agent.status()


async def test_nobody_there_at_all_is_offline(backend: FakeBackend, client: AsyncClient) -> None:
    await backend.stop()
    with pytest.raises(Offline):
        await client.health()


async def test_without_agent_and_session_the_error_says_what_to_do(client: AsyncClient) -> None:
    with pytest.raises(SignedOut, match="hivesync login"):
        await client.me()


async def test_only_proxy_never_goes_direct(
    backend: FakeBackend, new_client: Callable[..., AsyncClient]
) -> None:
    with pytest.raises(AgentAbsent):
        await new_client(only=Mode.PROXY).health()
    assert backend.requests == []


async def test_only_direct_never_asks_the_agent(
    agent: FakeAgent, new_client: Callable[..., AsyncClient]
) -> None:
    assert (await new_client(only=Mode.DIRECT).health()).status == "ok"
    assert agent.requests == []


async def test_an_api_key_wins_over_agent_and_keychain(
    agent: FakeAgent, backend: FakeBackend, new_client: Callable[..., AsyncClient]
) -> None:
    backend.api_keys.add("hs_key")
    client = new_client(settings=Settings(server_url=backend.origin, token="hs_key"))
    assert await client.me() == USER
    assert agent.requests == []
    assert backend.requests[-1].headers["Authorization"] == "Bearer hs_key"


async def test_a_proxy_of_the_environment_never_sees_loopback_traffic(
    agent: FakeAgent, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent.on("GET", ME, json_answer(USER))
    async with FakeBackend() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.origin)
        assert os.environ["HTTP_PROXY"]
        await client.me()
        await agent.stop()
        await client.health()
        assert proxy.requests == []


@pytest.mark.usefixtures("signed_in")
async def test_many_calls_at_once_refresh_once(backend: FakeBackend, client: AsyncClient) -> None:
    users = await asyncio.gather(*(client.me() for _ in range(20)))
    assert users == [USER] * 20
    assert backend.refreshes == 1


@pytest.mark.usefixtures("signed_in")
async def test_a_refused_access_token_is_renewed_and_the_call_repeated(
    backend: FakeBackend, client: AsyncClient
) -> None:
    await client.me()
    backend.expire_access_tokens()
    assert await client.me() == USER
    assert backend.refreshes == 2
