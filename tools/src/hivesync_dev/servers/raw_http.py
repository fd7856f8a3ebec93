"""HTTP as bytes: for what no client library would send, and for answers as they really are."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """One answer. `closed`: the server ended the connection after it."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    closed: bool

    def header(self, name: str) -> str | None:
        """Give the first header of that name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


async def send_raw(port: int, *parts: bytes, answer_seconds: float = 5.0) -> RawAnswer | None:
    """Send bytes, part by part, and read one answer; None if the server closed without any."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        async with asyncio.timeout(answer_seconds):
            return await read_answer(reader)
    except ConnectionError:
        return None
    finally:
        writer.close()


async def read_answer(reader: asyncio.StreamReader) -> RawAnswer | None:
    """Read one answer with a Content-Length, or up to the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    names = {name.lower(): value for name, value in headers}
    if "content-length" in names:
        body = await reader.readexactly(int(names["content-length"]))
    else:
        body = await reader.read()
    closed = first.startswith("HTTP/1.0") or names.get("connection", "").lower() == "close"
    if closed and await reader.read():
        raise AssertionError("something was sent after the last answer")
    return RawAnswer(int(first.split(" ")[1]), headers, body, closed)
