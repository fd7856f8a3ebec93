"""Events go on over lost connections; what may have been missed is announced, not hidden."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing

import pytest
from aiohttp import web
from hivesync import (
    AgentAbsent,
    AsyncClient,
    AuthenticationFailed,
    Event,
    Locations,
    Offline,
    ResponseInvalid,
)
from hivesync._async import _event_stream
from hivesync_contract import PROTOCOL_MAX
from hivesync_contract.discovery import ProtocolRange
from hivesync_contract.events import PreviewProgressEvent, ResetEvent, SessionEvent
from hivesync_contract.previews import PreviewState
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.fake_backend import FakeBackend
from hivesync_dev.servers.scripted import Handler, json_answer, problem_answer

SESSION = b'id: 1\nevent: session.changed\ndata: {"signed_in": true, "reason": "login"}\n\n'
PROGRESS = (
    b'id: 2\nevent: preview.progress\ndata: {"preview": {"id": "v1", "state": "ready", "root": "/a",'
    b' "entry": "App.tsx"}}\n\n'
)


def stream(*chunks: bytes, stays_open: bool = False) -> Handler:
    """Give a handler that sends these bytes as an event stream."""

    async def handle(request: web.Request) -> web.StreamResponse:
        response = await begun(request, *chunks)
        if stays_open:
            await asyncio.Event().wait()
        return response

    return handle


async def begun(request: web.Request, *chunks: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    for chunk in chunks:
        await response.write(chunk)
    return response


async def take(client: AsyncClient, count: int) -> list[Event]:
    events: list[Event] = []
    iterator: AsyncIterator[Event] = aiter(client.events())
    async with aclosing(iterator) as source:  # type: ignore[type-var]
        async for event in source:
            events.append(event)
            if len(events) == count:
                break
    return events


async def test_known_events_come_as_contract_types(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("GET", "/v1/events", stream(b": hello\n\n", SESSION, PROGRESS, stays_open=True))
    first, second = await take(client, 2)
    assert (first.id, first.type, first.data) == ("1", "session.changed", SessionEvent(True, "login"))
    assert isinstance(second.data, PreviewProgressEvent)
    assert second.data.preview.state is PreviewState.READY


async def test_an_unknown_event_is_passed_on_as_json(agent: FakeAgent, client: AsyncClient) -> None:
    unknown = b'id: 1\nevent: task.moved\ndata: {"to": [1]}\n\n'
    changed = b'id: 2\nevent: session.changed\ndata: {"other": 1}\n\n'
    agent.on("GET", "/v1/events", stream(unknown, b"data: not json\n\n", changed, stays_open=True))
    first, second = await take(client, 2)
    assert (first.type, first.data) == ("task.moved", {"to": [1]})
    assert (second.type, second.data) == ("session.changed", {"other": 1})


async def test_an_event_torn_into_single_bytes_is_whole_again(agent: FakeAgent, client: AsyncClient) -> None:
    text = SESSION.replace(b"login", "größer".encode())
    agent.on("GET", "/v1/events", stream(*(text[i : i + 1] for i in range(len(text))), stays_open=True))
    (event,) = await take(client, 1)
    assert event.data == SessionEvent(True, "größer")


async def test_a_lost_connection_is_resumed_after_the_last_event(
    agent: FakeAgent, client: AsyncClient
) -> None:
    agent.on("GET", "/v1/events", stream(SESSION))
    await take(client, 3)
    resumed = [request.headers.get("Last-Event-ID") for request in agent.asked("GET", "/v1/events")]
    assert resumed == [None, "1", "1"]


async def test_an_event_without_an_id_leaves_the_place_where_it_was(
    agent: FakeAgent, client: AsyncClient
) -> None:
    answers = iter([stream(SESSION), stream(b"event: a.b\ndata: 1\n\n"), stream(PROGRESS)])

    async def handle(request: web.Request) -> web.StreamResponse:
        return await next(answers)(request)

    agent.on("GET", "/v1/events", handle)
    assert [event.type for event in await take(client, 3)] == ["session.changed", "a.b", "preview.progress"]
    resumed = [request.headers.get("Last-Event-ID") for request in agent.asked("GET", "/v1/events")]
    assert resumed == [None, "1", "1"]


@pytest.mark.parametrize("is_direct", [False, True], ids=["agent", "backend"])
@pytest.mark.usefixtures("signed_in")
async def test_a_connection_that_has_fallen_silent_is_given_up_and_resumed(
    is_direct: bool,
    locations: Locations,
    backend: FakeBackend,
    client: AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By its socket it is alive: what tells is that not even a comment comes."""
    assert _event_stream._SILENCE_SECONDS == 45, "docs/protocol.md says so"
    monkeypatch.setattr(_event_stream, "_SILENCE_SECONDS", 0.2)
    answers = iter([stream(SESSION, stays_open=True), stream(PROGRESS, stays_open=True)])

    async def handle(request: web.Request) -> web.StreamResponse:
        return await next(answers)(request)

    async with AsyncExitStack() as stack:
        if is_direct:
            source: FakeAgent | FakeBackend = backend
        else:
            source = await stack.enter_async_context(FakeAgent(runtime=locations.runtime))
        path = "/api/v1/events" if is_direct else "/v1/events"
        source.on("GET", path, handle)
        async with asyncio.timeout(10):
            assert [event.id for event in await take(client, 2)] == ["1", "2"]
        assert [asked.headers.get("Last-Event-ID") for asked in source.asked("GET", path)] == [None, "1"]


async def test_pauses_grow_to_five_seconds_and_begin_anew_with_what_comes(
    agent: FakeAgent, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused: list[float] = []

    async def sleep(seconds: float) -> None:
        paused.append(seconds)

    monkeypatch.setattr(_event_stream, "sleep", sleep)
    busy = [problem_answer(503, "UPSTREAM_UNREACHABLE")] * 6
    answers = iter([stream(SESSION), *busy, stream(PROGRESS), stream(SESSION, stays_open=True)])

    async def handle(request: web.Request) -> web.StreamResponse:
        return await next(answers)(request)

    agent.on("GET", "/v1/events", handle)
    await take(client, 3)
    assert paused == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 0.2]


async def test_a_stream_may_begin_with_a_reset(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("GET", "/v1/events", stream(SESSION, stays_open=True))
    async with aclosing(aiter(client.events(begins_with_reset=True))) as events:  # type: ignore[type-var]
        assert isinstance((await anext(events)).data, ResetEvent)
        assert (await anext(events)).id == "1"


async def test_a_stream_is_asked_for_unpacked_and_not_read_packed(
    agent: FakeAgent, client: AsyncClient
) -> None:
    """What a packer holds back would come late."""

    async def packed(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Content-Encoding": "gzip"}
        )
        await response.prepare(request)
        await response.write(gzip.compress(SESSION))
        return response

    agent.on("GET", "/v1/events", packed)
    with pytest.raises(ResponseInvalid, match="no event stream"):
        async with asyncio.timeout(5):
            await take(client, 1)
    (asked,) = agent.asked("GET", "/v1/events")
    assert asked.headers["Accept-Encoding"] == "identity"


async def test_without_an_agent_the_backend_s_events_are_given(
    backend: FakeBackend, client: AsyncClient, signed_in: None
) -> None:
    backend.on("GET", "/api/v1/events", stream(SESSION, stays_open=True))
    (event,) = await take(client, 1)
    assert event.data == SessionEvent(True, "login")


async def test_a_change_of_source_is_a_reset_and_drops_the_id(
    locations: Locations, backend: FakeBackend, client: AsyncClient, signed_in: None
) -> None:
    backend.on("GET", "/api/v1/events", stream(SESSION))
    events = aiter(client.events())
    assert (await anext(events)).data == SessionEvent(True, "login")
    async with FakeAgent(runtime=locations.runtime) as agent:
        agent.on("GET", "/v1/events", stream(PROGRESS, stays_open=True))
        assert isinstance((await anext(events)).data, ResetEvent)
        assert (await anext(events)).id == "2"
        await events.aclose()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("signed_in")
async def test_an_agent_that_comes_takes_over_from_a_stream_of_the_backend_that_goes_on(
    locations: Locations, backend: FakeBackend, client: AsyncClient
) -> None:
    async def beating(request: web.Request) -> web.StreamResponse:
        response = await begun(request, SESSION)
        while True:
            await response.write(b":\n\n")
            await asyncio.sleep(0.02)

    backend.on("GET", "/api/v1/events", beating)
    async with aclosing(aiter(client.events())) as events:  # type: ignore[type-var]
        assert (await anext(events)).data == SessionEvent(True, "login")
        async with FakeAgent(runtime=locations.runtime) as agent:
            answers = iter([stream(), stream(PROGRESS, stays_open=True)])

            async def handle(request: web.Request) -> web.StreamResponse:
                return await next(answers)(request)

            agent.on("GET", "/v1/events", handle)
            assert isinstance((await anext(events)).data, ResetEvent)
            assert (await anext(events)).id == "2"
            told = [asked.headers.get("Last-Event-ID") for asked in agent.asked("GET", "/v1/events")]
            assert told == [None, None], "an id of the backend's says nothing to an agent"


@pytest.mark.usefixtures("signed_in")
async def test_the_first_connection_may_fail(backend: FakeBackend, client: AsyncClient) -> None:
    await backend.stop()
    with pytest.raises((Offline, AgentAbsent)):
        await take(client, 1)


async def test_a_refusal_is_raised(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("GET", "/v1/events", problem_answer(401, "AUTH_REQUIRED"))
    with pytest.raises(AuthenticationFailed):
        await take(client, 1)


async def test_an_answer_that_is_no_stream_is_raised(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("GET", "/v1/events", json_answer({}))
    with pytest.raises(Exception, match="no event stream"):
        await take(client, 1)


@pytest.mark.usefixtures("signed_in")
async def test_an_agent_of_another_protocol_is_gone_around(
    agent: FakeAgent, backend: FakeBackend, client: AsyncClient
) -> None:
    agent.protocol = ProtocolRange(PROTOCOL_MAX + 1, PROTOCOL_MAX + 1)
    agent.publish()
    backend.on("GET", "/api/v1/events", stream(SESSION, stays_open=True))
    (event,) = await take(client, 1)
    assert event.data == SessionEvent(True, "login")


@pytest.mark.parametrize("status", [429, 502, 503])
async def test_a_backend_that_is_busy_for_a_while_ends_no_stream(
    agent: FakeAgent, client: AsyncClient, status: int
) -> None:
    busy = problem_answer(status, "RATE_LIMITED")
    answers = iter([stream(SESSION), busy, stream(PROGRESS, stays_open=True)])

    async def handle(request: web.Request) -> web.StreamResponse:
        return await next(answers)(request)

    agent.on("GET", "/v1/events", handle)
    assert [event.id for event in await take(client, 2)] == ["1", "2"]


async def test_a_long_event_in_many_parts_is_whole(agent: FakeAgent, client: AsyncClient) -> None:
    said = "x" * 300_000
    text = SESSION.replace(b"login", said.encode())
    parts = [text[start : start + 4096] for start in range(0, len(text), 4096)]
    agent.on("GET", "/v1/events", stream(*parts, stays_open=True))
    (event,) = await take(client, 1)
    assert event.data == SessionEvent(True, said)
