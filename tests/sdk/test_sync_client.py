"""The synchronous client against the same servers: the generated code really runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

import pytest
from hivesync import Client, Locations, Mode, NotFound, Settings, SignedOut
from hivesync.credentials import Ending
from hivesync_contract.local_api import LocalPreview
from hivesync_contract.pages import Page
from hivesync_contract.previews import PreviewState
from hivesync_contract.projects import Project
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.fake_backend import PASSWORD, USER, FakeBackend
from hivesync_dev.servers.scripted import json_answer

Result = TypeVar("Result")
PROJECT = Project("p1", "One", "", "u1", USER.created_at, USER.created_at)
Work = Callable[[Callable[[Client], Result]], "asyncio.Future[Result]"]


@pytest.fixture
def do(settings: Settings, locations: Locations) -> Work[object]:
    """Run a function with a client in a thread, while the servers run in this one."""

    async def run(work: Callable[[Client], Result]) -> Result:
        def with_client() -> Result:
            with Client(settings=settings, locations=locations) as client:
                return work(client)

        return await asyncio.to_thread(with_client)

    return run  # type: ignore[return-value]


async def test_calls_through_the_agent(agent: FakeAgent, do: Work[object]) -> None:
    agent.on("GET", "/api/v1/auth/me", json_answer(USER))
    agent.on("GET", "/api/v1/projects", json_answer(Page([PROJECT])))

    def work(client: Client) -> object:
        return client.me(), list(client.projects.list()), client.request("GET", "/api/v1/auth/me").mode

    assert await do(work) == (USER, [PROJECT], Mode.PROXY)
    assert agent.proofs == 1


async def test_signing_in_directly_and_out(backend: FakeBackend, do: Work[object]) -> None:
    def work(client: Client) -> object:
        user = client.sign_in.with_password("ada", PASSWORD)
        return user, client.me(), client.sign_in.out()

    assert await do(work) == (USER, USER, Ending(was_signed_in=True, waiting=0))
    with pytest.raises(SignedOut):
        await do(lambda client: client.me())


async def test_a_device_code(backend: FakeBackend, do: Work[object]) -> None:
    backend.device_answers = ["authorization_pending"]
    assert await do(lambda client: client.sign_in.finish_device(client.sign_in.start_device())) == USER


async def test_errors_are_the_same_classes(agent: FakeAgent, do: Work[object]) -> None:
    with pytest.raises(NotFound):
        await do(lambda client: client.projects.get("p1"))


async def test_a_preview_is_watched(agent: FakeAgent, do: Work[object]) -> None:
    ready = LocalPreview("v1", PreviewState.READY, "/a", "App.tsx")
    agent.on("GET", "/v1/previews/v1", json_answer(ready))
    assert await do(lambda client: list(client.previews.watch("v1"))) == [ready]


async def test_events_are_iterated(agent: FakeAgent, do: Work[object]) -> None:
    from aiohttp import web

    async def events(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b'id: 1\nevent: x\ndata: {"a": 1}\n\n' * 2)
        return response

    agent.on("GET", "/v1/events", events)
    assert await do(lambda client: [event.data for event in islice(client.events(), 3)]) == [{"a": 1}] * 3


@pytest.mark.usefixtures("signed_in")
async def test_threads_share_one_client_and_one_refresh(backend: FakeBackend, do: Work[object]) -> None:
    def work(client: Client) -> object:
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(lambda _: client.me(), range(16)))

    assert await do(work) == [USER] * 16
    assert backend.refreshes == 1
