"""A request to one of the agent's own routes, as its handler sees it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from hivesync_agent.gate.request import Request


class LocalRequest:
    """What the gate has admitted and the route table has matched."""

    __slots__ = ("_request", "parameters", "query")

    def __init__(self, request: Request, parameters: Mapping[str, str], query: str) -> None:
        self._request = request
        self.parameters = parameters
        """What varies in the path, by the names in the route."""
        # Of a repeated parameter the first one counts.
        self.query: Mapping[str, str] = dict(reversed(parse_qsl(query, keep_blank_values=True)))

    @property
    def length(self) -> int | None:
        """Give the body's length in bytes; None if only its end will tell."""
        return self._request.head.length

    def header(self, name: str) -> str | None:
        """Give a header, or None."""
        value = self._request.head.values.get(name.lower().encode("ascii"))
        return None if value is None else value.decode("latin-1")

    async def body(self, limit_bytes: int) -> bytes:
        """Give the whole body, or raise `TooLarge`."""
        return await self._request.collect(limit_bytes)
