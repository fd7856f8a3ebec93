"""Reads the backend's event stream, message by message, as a browser's EventSource does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

EVENTS = "/api/v1/events"


@dataclass(frozen=True)
class Message:
    """One message of a stream."""

    id: str = ""
    event: str = ""
    data: str = ""
    comment: str = ""

    def preview(self) -> dict[str, Any]:
        """Give the preview that the message tells of."""
        shown: dict[str, Any] = json.loads(self.data)["preview"]
        return shown


class EndOfStream(Exception):
    """The server has ended the stream."""


class EventReader:
    """An open stream."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def next(self, seconds: float = 15) -> Message:
        """Give the next message; raise `EndOfStream` at the stream's end."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(seconds):
            async for line in self._lines:
                if not line:
                    return Message(**fields)
                name, _, value = line.partition(":")
                fields[name or "comment"] = value.removeprefix(" ")
        raise EndOfStream

    async def next_event(self, seconds: float = 15) -> Message:
        """Give the next event, whatever comments come before it."""
        async with asyncio.timeout(seconds):
            while not (message := await self.next(seconds)).event:
                pass
        return message


@asynccontextmanager
async def listening(client: httpx.AsyncClient, last: str | None = None) -> AsyncIterator[EventReader]:
    """Open a stream, from the event `last` on if that is given."""
    headers = {} if last is None else {"Last-Event-ID": last}
    async with client.stream("GET", EVENTS, headers=headers) as answer:
        yield EventReader(answer)
