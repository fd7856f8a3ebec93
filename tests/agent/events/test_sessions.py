"""What belonged to one session is told to nobody in the next: not late, not again."""

from __future__ import annotations

import asyncio

from hivesync.credentials.session import new_session
from hivesync.credentials.store import MemoryStore
from hivesync_agent.events.bus import EventBus
from hivesync_agent.events.sse import ServerSentEvent
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.fake_identity import USER
from hivesync_dev.servers.upstream_backend import UpstreamBackend
from hivesync_dev.waiting import holds

from tests.agent.events.test_events import events_of

BOB = USER | {"id": "0199c1b2-0000-7000-8000-000000000002", "username": "bob"}


async def test_a_last_id_from_before_a_sign_out_brings_nothing_back(
    signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    ready = asyncio.Event()
    reading = asyncio.create_task(events_of(signed_in, 1, ready=ready))
    await ready.wait()
    backend.publish("up-1", "notification.created", '{"text":"first"}')
    (seen,) = await reading
    backend.publish("up-2", "notification.created", '{"text":"of Ada alone"}')
    await holds(lambda: signed_in.agent.bus.recent_types().count("notification.created") == 2)
    await signed_in.http.delete(f"{signed_in.url}/v1/session")
    (event,) = await events_of(signed_in, 1, last_id=seen.id)
    assert event.type == "reset"


async def test_who_reads_late_does_not_get_the_earlier_sessions_events() -> None:
    bus = EventBus()
    bus.session_changed(True)
    late, prompt = bus.subscribe(None), bus.subscribe(None)
    bus.publish("notification.created", {"text": "of Ada alone"})
    assert len(await prompt.next()) == 1
    bus.session_changed(False)
    bus.publish("session.changed", {"signed_in": False})
    assert [event.type for event in await late.next()] == ["reset", "session.changed"]
    assert [event.type for event in await prompt.next()] == ["session.changed"]


async def test_the_first_session_takes_nothing_away() -> None:
    bus = EventBus()
    subscription = bus.subscribe(None)
    bus.publish("operation.queued", 1)
    bus.session_changed(True)
    assert [event.type for event in await subscription.next()] == ["operation.queued"]


async def test_what_the_backend_still_says_to_an_ended_session_is_told_to_nobody(
    signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    await holds(lambda: backend.event_streams == 1)
    feed, bus = signed_in.agent._feed, signed_in.agent.bus
    arrived = ServerSentEvent("up-1", "notification.created", b'{"text":"of Ada alone"}')
    feed._pass_on(arrived)
    assert bus.recent_types().count("notification.created") == 1
    signed_in.agent._tokens.drop("signed out")
    feed._pass_on(arrived)
    assert "notification.created" not in bus.recent_types()


async def test_a_stream_outlives_the_session_and_says_so(
    signed_in: RunningAgent, backend: UpstreamBackend, store: MemoryStore
) -> None:
    ready = asyncio.Event()
    await holds(lambda: backend.event_streams == 1)  # else the sign-out may come before it
    reading = asyncio.create_task(events_of(signed_in, 3, ready=ready))
    await ready.wait()
    await signed_in.http.delete(f"{signed_in.url}/v1/session")
    backend.identity.user = BOB
    store.save(new_session(str(backend.identity.sign_in()["refresh_token"]), ""))
    await signed_in.agent.access.access_token()
    await holds(lambda: backend.event_streams == 2)
    backend.publish("up-9", "of bob", "{}")
    assert [event.type for event in await reading] == ["session.changed", "session.changed", "of bob"]
