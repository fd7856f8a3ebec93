"""A TCP relay that puts a distance between two programs of this machine: every byte arrives later.

Runs in a thread with a loop of its own. A connection costs one more round trip, as its handshake would.
"""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Answer:
    """When a question came here (in seconds since 1970), and how long the target then took to answer."""

    asked_at: float
    seconds: float


@dataclass(slots=True)
class _Turn:
    """Who spoke last on a connection."""

    asking: bool = False
    asked_at: float = 0.0


class Distance:
    """Listens on a free port and passes everything on, `round_trip_seconds` / 2 late each way."""

    def __init__(self, target_port: int, round_trip_seconds: float) -> None:
        self.port = 0
        self._target_port = target_port
        self.round_trips = 0
        """How often something was sent after an answer, or at first: what a distance costs."""
        self.asked_bytes = 0
        """All that was sent to the target."""
        self.answers: list[Answer] = []
        """Each answer when it began."""
        self._one_way = round_trip_seconds / 2
        self._listening = threading.Event()
        self._ended = asyncio.Event()
        self._connections: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._listen()), name="distance")

    def __enter__(self) -> Self:
        self._thread.start()
        self._listening.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    async def _listen(self) -> None:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        await self._ended.wait()
        server.close()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self._one_way * 2)
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        try:
            turn = _Turn()
            await asyncio.gather(
                self._pass(reader, far_writer, turn, asks=True),
                self._pass(far_reader, writer, turn, asks=False),
            )
        finally:
            far_writer.close()
            writer.close()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, turn: _Turn, *, asks: bool
    ) -> None:
        """Pass bytes on in order; those of one moment travel together, and many may be under way."""
        while data := await reader.read(64 * 1024):
            self._note(turn, data, asks=asks)
            self._loop.call_later(self._one_way, _write, writer, data)
        self._loop.call_later(self._one_way, writer.close)

    def _note(self, turn: _Turn, data: bytes, *, asks: bool) -> None:
        if asks:
            self.round_trips += 0 if turn.asking else 1
            self.asked_bytes += len(data)
            turn.asked_at = time.time()
        elif turn.asking:
            seconds = time.time() - turn.asked_at - self._one_way
            self.answers.append(Answer(turn.asked_at, seconds))
        turn.asking = asks


def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    if not writer.is_closing():
        writer.write(data)
