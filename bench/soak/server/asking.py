"""A client that loses nothing, and a ledger of what it was told."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import httpx
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import PASSWORD

_LEAKS = ("psycopg", "sqlalchemy", "Traceback", "/site-packages/", "SELECT ", "127.0.0.1")
_PASSING = frozenset({409, 429, 503})
"""Refusals that end by themselves; each has to say when."""

_PATIENCE_SECONDS = 180.0
"""No fault lasts for so long."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A change that is asked for until it is accepted, from `first` to begin with.

    `shown_once`: a field of the answer that is null when it is repeated. `means_done`: the status by which
    what takes no Idempotency-Key tells that an earlier try, whose answer got lost, has done it.
    """

    method: str
    path: str
    body: Any = None
    first: BackendProcess | None = None
    shown_once: str = ""
    means_done: int | None = None
    is_keyed: bool = True
    key: str = field(default_factory=lambda: secrets.token_hex(16))


@dataclass(frozen=True, slots=True)
class Asked:
    """A change that was accepted, and how to ask for it again."""

    client: Client
    asking: Asking
    status: int
    answer: bytes


@dataclass(slots=True)
class Ledger:
    """What was accepted: ids by kind, each with its name, and how often each task was changed."""

    names: defaultdict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    task_changes: Counter[str] = field(default_factory=Counter)
    asked: list[Asked] = field(default_factory=list)
    repeated: Counter[str] = field(default_factory=Counter)
    """How often each thing without a key was asked for again after an answer that got lost."""

    refusals: Counter[int] = field(default_factory=Counter)
    open: dict[str, str] = field(default_factory=dict)
    """What is under way, by the name of its request, and what was last said to it."""

    slowest_seconds: float = 0.0


@dataclass(slots=True)
class Client:
    """One user's program. It asks either server, and the other one when the first is gone."""

    user: str
    servers: list[BackendProcess]
    chance: random.Random
    ledger: Ledger
    authorization: str = ""
    login: str = ""
    password: str = PASSWORD
    agent: str = "soak"

    def __post_init__(self) -> None:
        self.login = self.login or f"{self.user}@example.com"

    async def ask(self, asking: Asking) -> dict[str, Any]:
        """Ask until it is accepted, and give the answer."""
        began, ledger = time.monotonic(), self.ledger
        name = f"{asking.method} {asking.path} of {self.user}, key {asking.key[:8]}"
        ledger.open[name] = "not answered yet"
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                answer = await self._until_accepted(name, asking)
        except TimeoutError:
            raise WrongAnswer(f"{name}: {ledger.open[name]}, for {_PATIENCE_SECONDS:.0f} s") from None
        finally:
            del ledger.open[name]
        ledger.slowest_seconds = max(ledger.slowest_seconds, time.monotonic() - began)
        ledger.asked.append(Asked(self, asking, answer.status_code, answer.content))
        accepted: dict[str, Any] = answer.json() if answer.content else {}
        return accepted

    async def _until_accepted(self, name: str, asking: Asking) -> httpx.Response:
        server, may_be_done = asking.first or self.chance.choice(self.servers), False
        while True:
            try:
                async with server.client() as http:
                    answer = await self.send(http, asking)
            except httpx.HTTPError as error:
                self.ledger.open[name] = type(error).__name__
                may_be_done, pause = True, 0.2
            else:
                if answer.is_success or (may_be_done and answer.status_code == asking.means_done):
                    return answer
                self.ledger.open[name] = f"{answer.status_code} {answer.text[:200]}"
                if answer.status_code == 401:
                    await self.sign_in()
                    continue
                self._judge(asking.method, asking.path, answer)
                # A database that broke off during the commit says nothing of what became of it.
                may_be_done = may_be_done or answer.status_code == 503
                pause = float(answer.headers.get("Retry-After", "0.3"))
            if may_be_done and not asking.is_keyed:
                self.ledger.repeated[asking.path] += 1
            await asyncio.sleep(pause)
            server = self.chance.choice(self.servers)

    async def send(self, http: httpx.AsyncClient, asking: Asking) -> httpx.Response:
        """Ask once."""
        headers = {"Authorization": self.authorization, "User-Agent": self.agent}
        if asking.is_keyed:
            headers["Idempotency-Key"] = asking.key
        return await http.request(asking.method, asking.path, json=asking.body, headers=headers)

    async def look(self, path: str) -> dict[str, Any]:
        """Read until it is answered."""
        headers = {"User-Agent": self.agent}
        while True:
            try:
                async with self.chance.choice(self.servers).client() as client:
                    answer = await client.get(path, headers=headers | {"Authorization": self.authorization})
            except httpx.HTTPError:
                pass  # down just now
            else:
                if answer.is_success:
                    read: dict[str, Any] = answer.json()
                    return read
                if answer.status_code == 401:
                    await self.sign_in()
                    continue
                self._judge("GET", path, answer)
            await asyncio.sleep(0.3)

    async def sign_in(self) -> None:
        """Get another access token: one lives for 15 minutes, and a soak for longer."""
        body, headers = {"login": self.login, "password": self.password}, {"User-Agent": self.agent}
        while True:
            try:
                async with self.chance.choice(self.servers).client() as client:
                    answer = await client.post("/api/v1/auth/login", json=body, headers=headers)
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
