"""A TCP link between two programs of this machine that can be cut in every way a real network is.

Runs in a thread with a loop of its own. Bytes are never dropped from the middle of a stream, since TCP
does not do that either: what is held arrives later, or its connection breaks.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

_CHUNK_BYTES = 64 * 1024
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER of no seconds: closing sends RST."""


@dataclass(slots=True)
class _Direction:
    """One way of the link. While it is shut, bytes wait."""

    opened: asyncio.Event = field(default_factory=asyncio.Event)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.opened.set()


class UnsteadyLink:
    """Listens on a free port of 127.0.0.1 and passes everything on to `target_port` there."""

    def __init__(self, target_port: int) -> None:
        self.port = 0
        self.connections = 0
        """How many are open now."""
        self._target_port = target_port
        self._listening = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._listen()), name="unsteady-link")

    def __enter__(self) -> Self:
        self._thread.start()
        self._listening.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._ended.set)
        self._thread.join()

    def refuse(self) -> None:
        """Reset every connection, and each new one, until `heal`: a router that answers for the backend."""
        self._do(self._refuse)

    def silence(self) -> None:
        """Let nothing through in either direction, without a word, until `heal`: a dead access point."""
        self._do(self._up.opened.clear)
        self._do(self._down.opened.clear)

    def deafen(self) -> None:
        """Let requests through and hold all answers until `heal`: what was asked for is done and not told."""
        self._do(self._down.opened.clear)

    def delay(self, round_trip_seconds: float) -> None:
        """Put a distance between the two until `heal`."""
        self._do(lambda: self._set_distance(round_trip_seconds / 2))

    def break_connections(self) -> None:
        """Reset what is open; new connections are made as before."""
        self._do(self._break)

    def heal(self) -> None:
        """Be a good link again; what was held arrives now."""
        self._do(self._heal)

    # --- in the link's own thread -----------------------------------------------------------------------

    def _do(self, work: Callable[[], object]) -> None:
        done = threading.Event()

        def run() -> None:
            work()
            done.set()

        self._loop.call_soon_threadsafe(run)
        done.wait()

    async def _listen(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        self._up, self._down = _Direction(), _Direction()
        self._refusing = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        await self._ended.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            _reset(writer)
            return
        self.connections += 1
        self._writers.add(writer)
        far: asyncio.StreamWriter | None = None
        try:
            await asyncio.sleep(self._up.seconds + self._down.seconds)  # as the handshake would take
            far_reader, far = await asyncio.open_connection("127.0.0.1", self._target_port)
            self._writers.add(far)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass(reader, far, self._up))
                both.create_task(self._pass(far_reader, writer, self._down))
        except (OSError, ExceptionGroup):
            _reset(writer)  # the backend is not there, or one end broke: the other one hears of it
            if far is not None:
                _reset(far)
        finally:
            self.connections -= 1
            for end in (writer, far):
                if end is not None:
                    self._writers.discard(end)
                    end.close()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: _Direction
    ) -> None:
        while data := await reader.read(_CHUNK_BYTES):
            await asyncio.sleep(direction.seconds)
            await direction.opened.wait()
            writer.write(data)
            await writer.drain()
        await direction.opened.wait()
        with contextlib.suppress(OSError):
            writer.write_eof()

    def _set_distance(self, one_way_seconds: float) -> None:
        self._up.seconds = self._down.seconds = one_way_seconds

    def _break(self) -> None:
        for writer in list(self._writers):
            _reset(writer)

    def _refuse(self) -> None:
        self._refusing = True
        self._break()

    def _heal(self) -> None:
        self._refusing = False
        self._set_distance(0.0)
        self._up.opened.set()
        self._down.opened.set()


def _reset(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    if raw is not None and not writer.is_closing():
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
