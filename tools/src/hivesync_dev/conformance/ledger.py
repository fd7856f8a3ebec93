"""Counts what was really done: a thing asked for twice under one Idempotency-Key is done once."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web
from hivesync_contract.headers import IDEMPOTENCY_KEY

from hivesync_dev.conformance.expectation import expect_equal
from hivesync_dev.servers.scripted import json_answer


@dataclass(slots=True)
class Ledger:
    """Shared by agent and backend, as the backend's memory of keys is."""

    keys: list[str] = field(default_factory=list)
    """The key of every request that arrived, repeated ones too."""

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Do what is asked once for each key, and give the same answer each time."""
        self.record(request)
        return await self.answer(request)

    def record(self, request: web.Request) -> None:
        """Do it without answering: what an agent has done that dies before it tells."""
        self.keys.append(request.headers.get(IDEMPOTENCY_KEY, f"none-{len(self.keys)}"))

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Tell what was done under the request's key."""
        key = request.headers.get(IDEMPOTENCY_KEY, "")
        number = list(dict.fromkeys(self.keys)).index(key) + 1 if key in self.keys else 0
        return await json_answer({"number": number, "name": "made"}, 201)(request)

    def expect_done(self, times: int) -> None:
        """Raise `Mismatch` unless exactly so many things were done."""
        expect_equal(len(set(self.keys)), times, "things done (different Idempotency-Keys that arrived)")
