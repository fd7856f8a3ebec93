"""Plays the conformance runner to one client's driver: JSON lines over a socket, for tests of a plugin."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

_SECONDS = 20.0


class EditorDriver:
    """A driver that has connected. `events` are what its event stream has told."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.events: list[dict[str, Any]] = []
        self.heard = asyncio.Event()

    async def ask(self, do: str, **more: Any) -> dict[str, Any]:
        """Send one request and give its answer."""
        request_id = next(self._ids)
        answer = self._waiting[request_id] = asyncio.get_running_loop().create_future()
        self._writer.write(json.dumps({"id": request_id, "do": do, **more}).encode() + b"\n")
        return await asyncio.wait_for(answer, _SECONDS)

    async def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Have the client make one call."""
        return await self.ask("call", method=method, path=path, body=body)

    async def until_events(self, count: int) -> list[dict[str, Any]]:
        """Wait until so many events have come."""
        async with asyncio.timeout(_SECONDS):
            while len(self.events) < count:
                self.heard.clear()
                await self.heard.wait()
        return self.events

    async def read(self) -> None:
        """Take what the driver says, until it has gone."""
        async for line in self._reader:
            told = json.loads(line)
            if "event" in told:
                self.events.append(told["event"])
                self.heard.set()
            else:
                self._waiting.pop(told["id"]).set_result(told)


@asynccontextmanager
async def run_driver(command: Sequence[str], environ: Mapping[str, str]) -> AsyncIterator[EditorDriver]:
    """Start a driver and wait until it has connected; at the end it is told to stop, and must end."""
    arrived: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = (
        asyncio.get_running_loop().create_future()
    )

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.set_result((reader, writer))

    server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=64 * 1024 * 1024)
    port = server.sockets[0].getsockname()[1]
    environ = {**environ, "HIVESYNC_CONFORMANCE_ADDRESS": f"127.0.0.1:{port}"}
    process = await asyncio.create_subprocess_exec(*command, env=environ)
    try:
        driver = EditorDriver(*await asyncio.wait_for(arrived, _SECONDS))
        reading = asyncio.create_task(driver.read())
        yield driver
        await driver.ask("stop")
        assert await asyncio.wait_for(process.wait(), _SECONDS) == 0  # noqa: S101 - the contract of drivers
        await reading
        driver._writer.close()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        server.close()
