"""Peers that stop reading: they are given up, and their stream with them; slow ones are not."""

from __future__ import annotations

import asyncio
import socket
import sys

import pytest
from hivesync_contract.events import EventType, SessionEvent
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_dev.waiting import holds
from hivesync_server.events.publisher import EventPublisher

if sys.platform == "win32":
    pytest.skip("h11's connections are not watched", allow_module_level=True)
from hivesync_server.http.stalls import UnstalledConnection

pytestmark = pytest.mark.any_database


async def test_a_peer_that_never_reads_its_stream_is_given_up(
    ann: BackendUser, backend: RunningBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UnstalledConnection, "stalled_seconds", 0.2)
    hub, database = backend.resources.hub, backend.resources.database
    with socket.socket() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.connect(("127.0.0.1", backend.settings.http.port))
        token = ann.tokens["access_token"]
        head = f"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
        peer.sendall(head.encode())
        await holds(lambda: hub.size == 1)
        async with asyncio.timeout(30):
            while hub.size:  # what the sockets hold has to be full first
                async with database.transaction() as transaction:
                    told = SessionEvent(True, "x" * 100_000)
                    events = EventPublisher(transaction, hub, backend.clock())
                    await events.publish(ann.profile["id"], EventType.SESSION_CHANGED, told)
        peer.settimeout(10)
        got = b""
        while part := _received(peer):
            got += part
        assert not got.endswith(b"0\r\n\r\n")  # cut, and not ended as if that were all


def _received(peer: socket.socket) -> bytes:
    try:
        return peer.recv(1_000_000)
    except ConnectionError:
        return b""


class FakeTransport:
    """Holds so much, and remembers whether it was given up."""

    def __init__(self) -> None:
        self.waiting, self.aborted = 100_000, False

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def abort(self) -> None:
        self.aborted = True


class FakeLoop(list[object]):
    """Has what is to be called later called at once when the test says so."""

    def call_later(self, seconds: float, call: object, *arguments: object) -> FakeLoop:
        assert seconds == 60
        self[:] = [call, *arguments]
        return self

    def cancel(self) -> None:
        self.clear()

    def elapse(self) -> None:
        call, *arguments = self
        call(*arguments)  # type: ignore[operator]


def test_a_peer_that_reads_slowly_keeps_its_connection() -> None:
    connection = UnstalledConnection.__new__(UnstalledConnection)
    transport, loop = FakeTransport(), FakeLoop()
    connection.transport, connection.loop = transport, loop  # type: ignore[assignment]
    for reads in (1, 50_000, 40_000):
        connection._watch()
        transport.waiting -= reads
        loop.elapse()
        assert not transport.aborted
    connection._look_away()
    assert not loop  # it has read enough, so nobody waits any more
    connection._watch()
    loop.elapse()
    assert transport.aborted
