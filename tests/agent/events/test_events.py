"""Events reach every editor, once and in order; nobody can hold the others up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import aiohttp
import pytest
from hivesync.credentials.session import new_session
from hivesync.credentials.store import MemoryStore
from hivesync_agent.events.bus import (
    CLIENT_SUBSCRIBERS,
    QUEUE_BYTES,
    QUEUE_EVENTS,
    REPLAY_BYTES,
    REPLAY_EVENTS,
    SUBSCRIBERS,
    EventBus,
    TooManySubscribers,
    each,
)
from hivesync_agent.events.endpoints import EventRoutes
from hivesync_agent.events.sse import ServerSentEvent, StreamMalformed, read_events
from hivesync_agent.gate.connections import ClientConnections
from hivesync_agent.gate.local import LocalRoutes
from hivesync_agent.tasks import BackgroundTasks
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.upstream_backend import UpstreamBackend
from hivesync_dev.waiting import holds, until


async def events_of(
    agent: RunningAgent, count: int, *, last_id: str | None = None, ready: asyncio.Event | None = None
) -> list[ServerSentEvent]:
    """Read that many events from the agent's stream."""
    headers = {} if last_id is None else {"Last-Event-ID": last_id}
    async with agent.http.get(f"{agent.url}/v1/events", headers=headers) as stream:
        assert stream.status == 200
        assert stream.content_type == "text/event-stream"
        if ready is not None:
            ready.set()
        return await first(read_events(stream.content.iter_any()), count)


async def first(events: AsyncIterator[ServerSentEvent], count: int) -> list[ServerSentEvent]:
    """Give the first few events."""
    found: list[ServerSentEvent] = []
    async with asyncio.timeout(5):
        while len(found) < count:
            found.append(await anext(events))
    return found


async def test_every_client_gets_every_event_in_order(agent: RunningAgent) -> None:
    ready = [asyncio.Event() for _ in range(3)]
    reading = [asyncio.create_task(events_of(agent, 3, ready=event)) for event in ready]
    await asyncio.gather(*(event.wait() for event in ready))
    for number in range(3):
        agent.agent.bus.publish("preview.state", {"number": number})
    for events in await asyncio.gather(*reading):
        assert [event.data for event in events] == [b'{"number":%d}' % number for number in range(3)]
        assert {event.type for event in events} == {"preview.state"}
        assert len({event.id for event in events}) == 3


async def test_a_client_that_returns_gets_what_it_missed_and_nothing_twice(agent: RunningAgent) -> None:
    ready = asyncio.Event()
    reading = asyncio.create_task(events_of(agent, 1, ready=ready))
    await ready.wait()
    agent.agent.bus.publish("a", 1)
    (seen,) = await reading
    agent.agent.bus.publish("b", 2)
    agent.agent.bus.publish("c", 3)
    assert [event.type for event in await events_of(agent, 2, last_id=seen.id)] == ["b", "c"]


@pytest.mark.parametrize(
    "last_id", ["", "1", "-", "nonsense", "deadbeef-1", "{run}-999", "{run}--1", "{run}-x"]
)
async def test_a_gap_that_cant_be_filled_is_told(agent: RunningAgent, last_id: str) -> None:
    ready = asyncio.Event()
    reading = asyncio.create_task(events_of(agent, 1, ready=ready))
    await ready.wait()
    agent.agent.bus.publish("a", 1)
    run = (await reading)[0].id.rpartition("-")[0]
    (event,) = await events_of(agent, 1, last_id=last_id.format(run=run))
    assert event.type == "reset"
    assert b'"at":' in event.data


async def test_after_a_reset_the_stream_resumes_from_there(agent: RunningAgent) -> None:
    agent.agent.bus.publish("a", 1)
    (reset,) = await events_of(agent, 1, last_id="unknown-1")
    agent.agent.bus.publish("b", 2)
    assert [event.type for event in await events_of(agent, 1, last_id=reset.id)] == ["b"]


async def test_the_memory_of_events_is_bounded() -> None:
    bus = EventBus()
    subscription = bus.subscribe(None)
    bus.publish("a", 0)
    (oldest,) = await subscription.next()
    bus.unsubscribe(subscription)
    for number in range(REPLAY_EVENTS):
        bus.publish("a", number)
    assert len(await bus.subscribe(oldest.id).next()) == REPLAY_EVENTS
    bus.publish("a", -1)
    assert [event.type for event in await bus.subscribe(oldest.id).next()] == ["reset"]


async def test_large_events_are_kept_for_less_long() -> None:
    bus = EventBus()
    subscription = bus.subscribe(None)
    ids = []
    for _ in range(6):
        bus.publish("a", b"x" * (REPLAY_BYTES // 4))
        ids += [event.id for event in await subscription.next()]
    assert len(await bus.subscribe(ids[1]).next()) == 4
    assert [event.type for event in await bus.subscribe(ids[0]).next()] == ["reset"]
    bus.publish("a", b"x" * (REPLAY_BYTES + 1))  # larger than all that is kept
    assert [event.type for event in await bus.subscribe(ids[-1]).next()] == ["reset"]


async def test_a_client_that_does_not_read_holds_no_more_than_a_few_large_events() -> None:
    bus = EventBus()
    slow, quick = bus.subscribe(None), bus.subscribe(None)
    size = QUEUE_BYTES // 4
    for number in range(9):
        bus.publish("a", b"x" * size)
        assert len(await quick.next()) == 1
        assert slow.dropped == (number >= 4)
    assert not quick.dropped


async def test_a_client_that_does_not_read_is_dropped_and_the_others_are_not() -> None:
    bus = EventBus()
    slow, quick = bus.subscribe(None), bus.subscribe(None)
    for number in range(QUEUE_EVENTS + 1):
        bus.publish("a", number)
        assert len(await quick.next()) == 1
    assert slow.dropped
    assert [event async for event in each(slow)] == []


async def test_streams_are_limited(agent: RunningAgent) -> None:
    with contextlib.suppress(TooManySubscribers):
        for _ in range(SUBSCRIBERS):  # the agent itself listens as well
            agent.agent.bus.subscribe(None)
    async with agent.http.get(f"{agent.url}/v1/events") as answer:
        assert answer.status == 429
        assert (await answer.json(content_type=None))["code"] == "RATE_LIMITED"


async def test_one_program_cant_take_all_streams(agent: RunningAgent) -> None:
    async with contextlib.AsyncExitStack() as leaking:
        for number in range(CLIENT_SUBSCRIBERS):
            version = {"X-HiveSync-Client": f"leaky/{number}"}
            stream = agent.http.get(f"{agent.url}/v1/events", headers=version)
            assert (await leaking.enter_async_context(stream)).status == 200
        one_more = {"X-HiveSync-Client": "leaky/99"}
        async with agent.http.get(f"{agent.url}/v1/events", headers=one_more) as answer:
            problem = await answer.json(content_type=None)
            assert (answer.status, problem["code"]) == (429, "RATE_LIMITED")
            assert "leaky has 16 event streams open" in problem["detail"]
        async with agent.http.get(f"{agent.url}/v1/events") as another:
            assert another.status == 200
    await until(lambda: _status(agent, one_more))


async def _status(agent: RunningAgent, headers: dict[str, str]) -> bool:
    async with agent.http.get(f"{agent.url}/v1/events", headers=headers) as answer:
        return answer.status == 200


async def test_a_client_that_leaves_frees_its_place(agent: RunningAgent) -> None:
    for _ in range(SUBSCRIBERS * 2):
        async with agent.http.get(f"{agent.url}/v1/events") as stream:
            assert stream.status == 200
            assert await stream.content.readline() == b": hivesync\n"
        await asyncio.sleep(0.005)


async def test_a_quiet_stream_shows_that_it_lives() -> None:
    async with asyncio.TaskGroup() as group:
        routes = LocalRoutes(EventRoutes(EventBus(), comment_seconds=0.01).routes(), BackgroundTasks(group))
        connections = ClientConnections(lambda request: routes.begin(request, "/v1/events", "", ""))
        server = await asyncio.get_running_loop().create_server(connections, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with aiohttp.ClientSession() as http, http.get(url) as stream, asyncio.timeout(5):
            while await stream.content.readline() != b": alive\n":
                pass
        server.close()


async def test_the_backends_events_reach_editors(signed_in: RunningAgent, backend: UpstreamBackend) -> None:
    ready = asyncio.Event()
    reading = asyncio.create_task(events_of(signed_in, 1, ready=ready))
    await ready.wait()
    backend.publish("up-1", "preview.state", '{"preview":1}')
    (event,) = await reading
    assert (event.type, event.data) == ("preview.state", b'{"preview":1}')
    assert event.id != "up-1"  # numbered by the agent, whose own events stand between


async def test_one_stream_serves_all_editors(signed_in: RunningAgent, backend: UpstreamBackend) -> None:
    ready = [asyncio.Event() for _ in range(5)]
    reading = [asyncio.create_task(events_of(signed_in, 1, ready=event)) for event in ready]
    await asyncio.gather(*(event.wait() for event in ready))
    backend.publish("up-1", "preview.state", "{}")
    await asyncio.gather(*reading)
    assert backend.event_streams == 1


async def test_a_restarted_backend_is_found_again_without_a_gap(
    signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    subscription = signed_in.agent.bus.subscribe(None)
    backend.publish("up-1", "a", "1")
    assert [event.type for event in await subscription.next()] == ["a"]
    await backend.stop()
    backend.event_log.append(("up-2", "b", "2"))  # while the agent was away
    await backend.start()
    assert [event.type for event in await subscription.next()] == ["b"]


async def test_nobody_signed_in_means_no_stream(agent: RunningAgent, backend: UpstreamBackend) -> None:
    async with agent.http.get(f"{agent.url}/v1/session"):
        pass
    assert backend.event_streams == 0


async def test_signing_in_and_out_opens_and_closes_the_stream(
    agent: RunningAgent, backend: UpstreamBackend, store: MemoryStore
) -> None:
    ready = asyncio.Event()
    reading = asyncio.create_task(events_of(agent, 2, ready=ready))
    await ready.wait()
    store.save(new_session(str(backend.identity.sign_in()["refresh_token"]), ""))
    await agent.agent.access.access_token()
    await holds(lambda: backend.event_streams == 1)
    await agent.http.delete(f"{agent.url}/v1/session")
    changed = await reading
    assert [event.type for event in changed] == ["session.changed"] * 2
    assert b'"signed_in":true' in changed[0].data
    assert b'"signed_in":false' in changed[1].data


async def bytes_of(*chunks: bytes) -> AsyncIterator[bytes]:
    """Give the chunks."""
    for chunk in chunks:
        yield chunk


async def test_a_stream_is_read_however_it_is_cut() -> None:
    whole = b": x\r\nid: 7\nevent: a\ndata: one\ndata: two\n\ndata:three\r\n\r\nevent: b\n\ndata: cut"
    expected = [ServerSentEvent("7", "a", b"one\ntwo"), ServerSentEvent("7", "message", b"three")]
    for size in range(1, len(whole)):
        pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
        assert [event async for event in read_events(bytes_of(*pieces))] == expected


async def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(StreamMalformed):
        async for _ in read_events(bytes_of(*[b"x" * 65536] * 40)):
            pass


async def test_an_event_without_end_is_refused() -> None:
    with pytest.raises(StreamMalformed):
        async for _ in read_events(bytes_of(*[b"data: " + b"x" * 65536 + b"\n"] * 40)):
            pass


async def test_events_are_counted_one_by_one() -> None:
    endless = bytes_of(*[b"data: " + b"x" * 65536 + b"\n\n"] * 40)
    assert len([event async for event in read_events(endless)]) == 40


async def test_what_a_hostile_backend_sends_cant_forge_an_event(
    signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    ready = asyncio.Event()
    reading = asyncio.create_task(events_of(signed_in, 1, ready=ready))
    await ready.wait()
    backend.publish("1", "a", "1\ndata: 2")
    backend.publish("2", "x" * 100, "{}")
    backend.publish("3", "good", "{}")
    assert [event.type for event in await reading] == ["good"]
