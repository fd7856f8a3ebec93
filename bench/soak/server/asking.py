"""A client that loses nothing, and a ledger of what it was told."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import httpx
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import PASSWORD

_LEAKS = ("psycopg", "sqlalchemy", "Traceback", "/site-packages/", "SELECT ", "127.0.0.1")
_PASSING = frozenset({409, 429, 503})
"""Refusals that end by themselves; each has to say when."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A change that was accepted, and how to ask for it again."""

    user: str
    method: str
    path: str
    body: Any
    key: str
    status: int
    answer: bytes


@dataclass(slots=True)
class Ledger:
    """What was accepted: ids by kind, each with its name, and how often each task was changed."""

    names: defaultdict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    task_changes: Counter[str] = field(default_factory=Counter)
    asked: list[Asked] = field(default_factory=list)
    refusals: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Client:
    """One user's program. It asks either server, and the other one when the first is gone."""

    user: str
    servers: list[BackendProcess]
    chance: random.Random
    ledger: Ledger
    authorization: str

    async def ask(
        self, method: str, path: str, body: Any = None, *, first: BackendProcess | None = None
    ) -> dict[str, Any]:
        """Ask until it is accepted, and give the answer."""
        key = secrets.token_hex(16)
        headers = {"Authorization": self.authorization, "Idempotency-Key": key}
        server = first or self.chance.choice(self.servers)
        while True:
            try:
                async with server.client() as client:
                    answer = await client.request(method, path, json=body, headers=headers)
            except httpx.HTTPError:
                pause = 0.2
            else:
                if answer.is_success:
                    self.ledger.asked.append(
                        Asked(self.user, method, path, body, key, answer.status_code, answer.content)
                    )
                    accepted: dict[str, Any] = answer.json() if answer.content else {}
                    return accepted
                if answer.status_code == 401:
                    await self.sign_in()
                    continue
                self._judge(method, path, answer)
                pause = float(answer.headers.get("Retry-After", "0.3"))
            await asyncio.sleep(pause)
            server = self.chance.choice(self.servers)

    async def sign_in(self) -> None:
        """Get another access token: one lives for 15 minutes, and a soak for longer."""
        body = {"login": f"{self.user}@example.com", "password": PASSWORD}
        while True:
            try:
                async with self.chance.choice(self.servers).client() as client:
                    answer = await client.post("/api/v1/auth/login", json=body)
            except httpx.HTTPError:
                pass  # down just now
            else:
                if answer.is_success:
                    self.authorization = f"Bearer {answer.json()['access_token']}"
                    return
                self._judge("POST", "/api/v1/auth/login", answer)
            await asyncio.sleep(0.3)

    def _judge(self, method: str, path: str, answer: httpx.Response) -> None:
        self.ledger.refusals[answer.status_code] += 1
        is_passing = answer.status_code in _PASSING and "Retry-After" in answer.headers
        is_told_well = answer.headers.get("content-type") == "application/problem+json"
        if is_passing and is_told_well and not [leak for leak in _LEAKS if leak in answer.text]:
            return
        raise WrongAnswer(f"{method} {path}: {answer.status_code} {answer.text[:500]}")


class WrongAnswer(Exception):
    """An answer that no fault excuses."""
