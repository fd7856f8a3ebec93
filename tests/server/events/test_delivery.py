"""What streams promise under load and failure: nothing lost, nothing twice, nobody waits for the slowest."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest
from hivesync_contract.events import EventType, SessionEvent
from hivesync_contract.identity import Tier
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.event_reader import listening
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_dev.waiting import holds
from hivesync_server.auth.principal import Principal
from hivesync_server.events import pump
from hivesync_server.events.messages import Message
from hivesync_server.events.publisher import EventPublisher
from hivesync_server.events.repository import EventRepository
from hivesync_server.events.stream import WAITING_MAX_BYTES, Stream
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from starlette.types import Message as AsgiMessage

TOTAL = 150


async def publish(backend: RunningBackend, user: BackendUser, count: int = 1) -> None:
    for _ in range(count):
        async with backend.resources.database.transaction() as transaction:
            events = EventPublisher(transaction, backend.resources.hub, backend.clock())
            await events.publish(user.profile["id"], EventType.SESSION_CHANGED, SessionEvent(True, "test"))


async def test_listeners_who_come_and_go_get_everything_once_and_in_order(
    ann: BackendUser, backend: RunningBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pump, "EVENTS_BATCH", 7)

    async def follow(stay: int) -> list[int]:
        """Read everything, in connections of `stay` messages each."""
        got: list[int] = []
        last = "0"
        while last != str(TOTAL):
            async with listening(ann.client, last) as stream:
                assert (await stream.next()).id == last
                for _ in range(min(stay, TOTAL - int(last))):
                    message = await stream.next_event(60)
                    assert message.event == "session.changed"
                    got.append(int(message.id))
                    last = message.id
        return got

    async with asyncio.TaskGroup() as group:
        readers = [group.create_task(follow(stay)) for stay in (3, 11, 40, TOTAL, TOTAL)]
        group.create_task(publish(backend, ann, TOTAL // 2))
        group.create_task(publish(backend, ann, TOTAL // 2))
    assert [reader.result() for reader in readers] == [list(range(1, TOTAL + 1))] * 5


async def test_idle_streams_ask_the_database_nothing(
    ann: BackendUser, bob: BackendUser, backend: RunningBackend
) -> None:
    asked: list[str] = []

    def note(*arguments: object) -> None:
        statement = str(arguments[2])
        if "events" in statement or "sessions" in statement:
            asked.append(statement)

    async with AsyncExitStack() as stack:
        for client in [ann.client, bob.client] * 5:
            await (await stack.enter_async_context(listening(client))).next()
        stream = await stack.enter_async_context(listening(ann.client))
        await stream.next()
        await asyncio.sleep(0.5)
        event.listen(backend.resources.database.engine.sync_engine, "before_cursor_execute", note)
        await asyncio.sleep(5)
        # A look each two seconds, for everybody.
        assert len(asked) <= 3
        assert all("max(" in statement for statement in asked)
        asked.clear()
        await publish(backend, ann)
        await stream.next_event()
        read = [
            statement
            for statement in asked
            if statement.startswith(("SELECT events", "SELECT newer", "WITH"))
        ]
        assert len(read) == 1


@pytest.mark.any_database
async def test_a_database_that_fails_once_loses_no_event(
    ann: BackendUser, backend: RunningBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = EventRepository.since
    failures = [OperationalError("", {}, Exception("gone"))]

    async def failing(*arguments: object) -> object:
        if failures:
            raise failures.pop()
        return await since(*arguments)  # type: ignore[arg-type]

    async with listening(ann.client) as stream:
        await stream.next()
        monkeypatch.setattr(EventRepository, "since", failing)
        await publish(backend, ann)
        assert (await stream.next_event(5)).id == "1"
        assert not failures


@pytest.mark.any_database
async def test_a_listener_who_leaves_is_forgotten(ann: BackendUser, backend: RunningBackend) -> None:
    async with listening(ann.client) as stream:
        await stream.next()
        assert backend.resources.hub.size == 1
    await holds(lambda: backend.resources.hub.size == 0)
    assert not backend.resources.hub.users


@pytest.mark.any_database
@pytest.mark.parametrize("stops", [False, True])
async def test_a_stream_begins_with_its_place_however_long_it_takes_to_catch_up(
    ann: BackendUser, backend: RunningBackend, monkeypatch: pytest.MonkeyPatch, stops: bool
) -> None:
    bounds, asked, may_go_on = EventRepository.bounds, asyncio.Event(), asyncio.Event()

    async def slowly(*arguments: object) -> object:
        asked.set()
        await may_go_on.wait()
        return await bounds(*arguments)  # type: ignore[arg-type]

    await publish(backend, ann)
    monkeypatch.setattr(EventRepository, "bounds", slowly)
    async with listening(ann.client, "0") as stream:
        await asked.wait()
        for tick in range(15):
            backend.resources.hub.ping(tick)
        if stops:
            backend.resources.hub.close()
        await asyncio.sleep(0)
        may_go_on.set()
        assert (await stream.next()).id == "0"
        following = await stream.next()
        assert following.comment.startswith("the server stops") if stops else following.id == "1"


class SlowReader:
    """Takes nothing until it may, and remembers what it was sent."""

    def __init__(self) -> None:
        self.may_read = asyncio.Event()
        self.sent = b""
        self.ended = asyncio.Event()

    async def send(self, message: AsgiMessage) -> None:
        await self.may_read.wait()
        self.sent += message["body"]
        if not message["more_body"]:
            self.ended.set()


async def test_a_reader_too_slow_for_its_events_is_ended_without_a_gap_and_holds_little() -> None:
    reader = SlowReader()
    stream = Stream(Principal("user", "session", Tier.FREE), reader.send)
    stream.go_live()
    for number in range(1, 2001):
        stream.deliver([Message(number, f"{number:<1024}".encode())])
        await asyncio.sleep(0)
    assert sum(map(len, stream._waiting)) <= WAITING_MAX_BYTES
    reader.may_read.set()
    async with asyncio.timeout(5):
        await reader.ended.wait()
    numbers = [int(part) for part in reader.sent.decode().split()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert 0 < len(reader.sent) <= WAITING_MAX_BYTES
    stream.deliver([Message(2001, b"late")])
    stream.ping()
    await asyncio.sleep(0)
    assert not reader.sent.endswith(b"late")
