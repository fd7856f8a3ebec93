"""The event stream, over a real socket: at once, in order, resumable, and ended when it has to be."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import fastapi.routing
import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser, preview_path
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, success
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server.events.tables import EventRow
from hivesync_server.serving import SHUTDOWN_SECONDS
from hivesync_server.settings import load
from sqlalchemy import delete

EVENTS = "/api/v1/events"


@dataclass(frozen=True)
class Message:
    """One message of a stream."""

    id: str = ""
    event: str = ""
    data: str = ""
    comment: str = ""

    def preview(self) -> dict[str, Any]:
        shown: dict[str, Any] = json.loads(self.data)["preview"]
        return shown


class EndOfStream(Exception):
    """The server has ended the stream."""


class Stream:
    """Reads messages."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def next(self) -> Message:
        """Give the next message; raise `EndOfStream` at the stream's end."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(15):
            async for line in self._lines:
                if not line:
                    return Message(**fields)
                name, _, value = line.partition(":")
                fields[name or "comment"] = value.removeprefix(" ")
        raise EndOfStream


@asynccontextmanager
async def listening(user: BackendUser, last: str | None = None) -> AsyncIterator[Stream]:
    headers = {} if last is None else {"Last-Event-ID": last}
    async with user.client.stream("GET", EVENTS, headers=headers) as answer:
        yield Stream(answer)


async def test_each_state_of_a_preview_is_told_at_once_and_in_order(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter
) -> None:
    async with listening(ann) as stream:
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
    async with listening(ann, "1") as stream:
        assert (await stream.next()).id == "1"
        message = await stream.next()
        assert (message.id, message.preview()["state"]) == ("2", "building")


async def test_a_new_listener_gets_no_old_events(ann: BackendUser) -> None:
    created = await ann.preview(await ann.project())
    async with listening(ann) as stream:
        assert (await stream.next()).id == "1"
        await ann.complete(created["preview"])
        assert (await stream.next()).id == "2"


@pytest.mark.any_database
@pytest.mark.parametrize("last", ["99", "-1", "x", "1.5", "9" * 30])
async def test_an_unknown_place_resets_the_listener(ann: BackendUser, last: str) -> None:
    await ann.preview(await ann.project())
    async with listening(ann, last) as stream:
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
    async with listening(ann, "0") as stream:
        await stream.next()
        assert (await stream.next()).event == "reset"
    async with listening(ann, "1") as stream:
        await stream.next()
        assert (await stream.next()).event == "preview.state"


async def test_events_of_another_user_are_not_seen(ann: BackendUser, bob: BackendUser) -> None:
    async with listening(bob) as stream:
        await stream.next()
        await ann.preview(await ann.project())
        created = await bob.preview(await bob.project())
        assert (await stream.next()).preview()["id"] == created["preview"]["id"]


async def test_events_of_another_process_are_found(
    ann: BackendUser, backend: RunningBackend, environ: dict[str, str]
) -> None:
    created = await ann.preview(await ann.project())
    async with listening(ann) as stream:
        await stream.next()
        same = environ | {"BASE_URL": backend.url}
        async with RunningBackend(load(same)) as other:
            address = f"http://127.0.0.1:{other.settings.http.port}"
            headers = {"Authorization": ann.client.headers["Authorization"]}
            async with httpx.AsyncClient(base_url=address, headers=headers, trust_env=False) as client:
                (await client.post(f"{preview_path(created['preview'])}/complete")).raise_for_status()
        assert (await stream.next()).preview()["state"] == "building"


@pytest.mark.any_database
async def test_a_proxy_is_told_not_to_buffer(ann: BackendUser) -> None:
    async with listening(ann) as stream:
        assert stream.answer.headers["content-type"].startswith("text/event-stream")
        assert stream.answer.headers["x-accel-buffering"] == "no"
        assert "etag" not in stream.answer.headers


@pytest.mark.any_database
async def test_a_quiet_stream_sends_comments(ann: BackendUser, monkeypatch: pytest.MonkeyPatch) -> None:
    assert vars(fastapi.routing)["_PING_INTERVAL"] == 15
    monkeypatch.setattr(fastapi.routing, "_PING_INTERVAL", 0.05)
    async with listening(ann) as stream:
        await stream.next()
        assert (await stream.next()).comment


@pytest.mark.any_database
async def test_a_stream_ends_with_its_session(ann: BackendUser, client: httpx.AsyncClient) -> None:
    async with listening(ann) as stream:
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
            stream = Stream(await stack.enter_async_context(client.stream("GET", EVENTS)))
            await stream.next()
            started = time.monotonic()
        assert time.monotonic() - started < SHUTDOWN_SECONDS / 2
        with pytest.raises(EndOfStream):
            await stream.next()
