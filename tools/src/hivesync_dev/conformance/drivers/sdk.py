"""The asynchronous client, driven line by line."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from hivesync import AsyncClient

from hivesync_dev.conformance.drivers.lines import (
    address,
    encoded,
    error_line,
    event_line,
    read,
    response_line,
)


class Driver:
    """One client, and a task for each thing it was told to do."""

    def __init__(self, client: AsyncClient, writer: asyncio.StreamWriter) -> None:
        self._client = client
        self._writer = writer
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, reader: asyncio.StreamReader) -> None:
        """Do what the lines say until `stop`."""
        while line := await reader.readline():
            request = read(line)
            if request["do"] == "stop":
                self._say({"id": request["id"], "ok": True})
                break
            self._begin(self._do(request))
        for task in self._tasks:
            task.cancel()
        await self._writer.drain()

    async def _do(self, request: dict[str, Any]) -> None:
        try:
            self._say({"id": request["id"], **await self._answer(request)})
        except Exception as exc:
            self._say({"id": request["id"], **error_line(exc)})

    async def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        match request["do"]:
            case "call":
                return response_line(
                    await self._client.request(request["method"], request["path"], json=request["body"])
                )
            case "mode":
                chosen = await self._client.mode()
                return {"mode": chosen.mode, "reason": chosen.reason}
            case _:
                self._begin(self._follow())
                return {"ok": True}

    async def _follow(self) -> None:
        async for event in self._client.events():
            self._say(event_line(event))

    def _begin(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _say(self, message: dict[str, Any]) -> None:
        self._writer.write(encoded(message))


async def main() -> int:
    """Connect, serve, end."""
    reader, writer = await asyncio.open_connection(*address())
    async with AsyncClient(name="hivesync-sdk/0.1.0") as client:
        await Driver(client, writer).run(reader)
    writer.close()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
