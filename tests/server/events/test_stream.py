"""The event stream, over a real socket: at once, in order, resumable, and ended when it has to be."""

from __future__ import annotations

import json
import time
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.event_reader import EVENTS, EndOfStream, EventReader, Message, listening
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, success
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server.events.tables import EventRow
from hivesync_server.serving import SHUTDOWN_SECONDS
from hivesync_server.settings import load
from sqlalchemy import delete


async def test_each_state_of_a_preview_is_told_at_once_and_in_order(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter
) -> None:
    async with listening(ann.client) as stream:
        assert (await stream.next()).id == "0"
        delivered = await ann.queued(worker)
        await reporter.report(success(delivered.job))
        messages = [await stream.next() for _ in range(3)]
    assert [message.event for message in messages] == ["preview.state"] * 3
    assert [message.preview()["state"] for message in messages] == ["uploading", "building", "ready"]
    assert [message.id for message in messages] == ["1", "2", "3"]
    assert urlsplit(messages[-1].preview()["preview_url"]).fragment


async def test_a_listener_catches_up_from_where_it_was(ann: BackendUser, clock: MovableClock) -> None:
    created = await ann.preview(await ann.project())
    await ann.complete(created["preview"])
    async with listening(ann.client, "1") as stream:
        assert (await stream.next()).id == "1"
        message = await stream.next()
        assert (message.id, message.preview()["state"]) == ("2", "building")


async def test_a_new_listener_gets_no_old_events(ann: BackendUser) -> None:
    created = await ann.preview(await ann.project())
    async with listening(ann.client) as stream:
        assert (await stream.next()).id == "1"
        await ann.complete(created["preview"])
        assert (await stream.next()).id == "2"


@pytest.mark.any_database
@pytest.mark.parametrize("last", ["99", "-1", "x", "1.5", "9" * 30])
async def test_an_unknown_place_resets_the_listener(ann: BackendUser, last: str) -> None:
    await ann.preview(await ann.project())
    async with listening(ann.client, last) as stream:
        await stream.next()
        message = await stream.next()
        assert (message.event, message.id) == ("reset", "1")
        assert "at" in json.loads(message.data)


async def test_a_gap_that_can_not_be_filled_resets_the_listener(
    ann: BackendUser, backend: RunningBackend
) -> None:
    created = await ann.preview(await ann.project())
    await ann.complete(created["preview"])
    async with backend.resources.database.transaction() as transaction:
        await transaction.session.execute(delete(EventRow).where(EventRow.number == 1))
    async with listening(ann.client, "0") as stream:
        await stream.next()
        assert (await stream.next()).event == "reset"
    async with listening(ann.client, "1") as stream:
        await stream.next()
        assert (await stream.next()).event == "preview.state"


async def test_events_of_another_user_are_not_seen(ann: BackendUser, bob: BackendUser) -> None:
    async with listening(bob.client) as stream:
        await stream.next()
        await ann.preview(await ann.project())
        created = await bob.preview(await bob.project())
        assert (await stream.next()).preview()["id"] == created["preview"]["id"]


@pytest.mark.any_database
async def test_a_proxy_is_told_not_to_buffer(ann: BackendUser) -> None:
    async with listening(ann.client) as stream:
        assert stream.answer.headers["content-type"].startswith("text/event-stream")
        assert stream.answer.headers["x-accel-buffering"] == "no"
        assert "etag" not in stream.answer.headers


@pytest.mark.any_database
async def test_each_quiet_stream_gets_one_comment_in_fifteen_seconds(
    ann: BackendUser, backend: RunningBackend
) -> None:
    async with listening(ann.client) as one, listening(ann.client) as other:
        await one.next()
        await other.next()
        for second in range(15):
            backend.resources.hub.ping(second)
        assert [await one.next(), await other.next()] == [Message(comment="ping")] * 2
        await ann.preview(await ann.project())
        assert [(await stream.next_event()).event for stream in (one, other)] == ["preview.state"] * 2


@pytest.mark.any_database
async def test_a_stream_ends_when_its_session_has_expired(
    ann: BackendUser, backend: RunningBackend, clock: MovableClock
) -> None:
    async with listening(ann.client) as stream:
        await stream.next()
        backend.resources.hub.wake_all()
        clock.advance(days=31)
        backend.resources.hub.wake_all()
        with pytest.raises(EndOfStream):
            await stream.next()


@pytest.mark.any_database
async def test_a_stream_ends_with_its_session(ann: BackendUser, client: httpx.AsyncClient) -> None:
    async with listening(ann.client) as stream:
        await stream.next()
        await client.post("/api/v1/auth/logout", json={"refresh_token": ann.tokens["refresh_token"]})
        message = await stream.next()
        assert message.event == "session.changed"
        assert json.loads(message.data) == {"signed_in": False, "reason": "signed_out"}
        with pytest.raises(EndOfStream):
            await stream.next()


@pytest.mark.any_database
async def test_streams_do_not_hold_up_a_stopping_server(
    ann: BackendUser, backend: RunningBackend, environ: dict[str, str]
) -> None:
    other = RunningBackend(load(environ | {"BASE_URL": backend.url}))
    headers = {"Authorization": ann.client.headers["Authorization"]}
    async with AsyncExitStack() as stack:
        async with other:
            address = f"http://127.0.0.1:{other.settings.http.port}"
            client = await stack.enter_async_context(
                httpx.AsyncClient(base_url=address, headers=headers, trust_env=False)
            )
            stream = EventReader(await stack.enter_async_context(client.stream("GET", EVENTS)))
            await stream.next()
            started = time.monotonic()
        assert time.monotonic() - started < SHUTDOWN_SECONDS / 2
        assert "resume" in (await stream.next()).comment
        with pytest.raises(EndOfStream):
            await stream.next()
