"""The backend itself, on a real socket within the test's own event loop, with a clock that tests can move."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
from argon2 import PasswordHasher
from hivesync_server.adapters.tls import trusted
from hivesync_server.resources import Resources
from hivesync_server.serving import BoundServer, bind
from hivesync_server.settings import Settings

QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Most of what a sign-up computes are two hashes; only tests about hashing need them to be slow."""

LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=3)
"""A client lets an idle connection go before the server does (5 s): else one may send as the other closes."""


@dataclass(slots=True)
class MovableClock:
    """The real time, plus as much as a test has let pass."""

    offset: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def advance(self, **duration: float) -> None:
        """Let time pass, in the terms of `timedelta`."""
        self.offset += timedelta(**duration)


@dataclass(slots=True)
class RunningBackend:
    """One backend; its database has to be migrated already."""

    settings: Settings
    clock: MovableClock = field(default_factory=MovableClock)
    _bound: BoundServer | None = None
    _task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> RunningBackend:
        started = asyncio.Event()
        self._bound = bind(self.settings, lambda _: started.set(), self.clock)
        self.settings = self._bound.settings
        self.resources.passwords.hasher = QUICK_HASHER
        self._task = asyncio.create_task(self._bound.run(), name="backend")
        waiting = asyncio.create_task(started.wait())
        await asyncio.wait({waiting, self._task}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._task.done():
            self._task.result()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._bound is not None and self._task is not None:
            self._bound.server.should_exit = True
            await self._task

    @property
    def url(self) -> str:
        """Give the origin."""
        return self.settings.http.base_url

    @property
    def resources(self) -> Resources:
        """Give what the process holds, for what can't be seen from outside."""
        if self._bound is None:
            raise RuntimeError("the backend was not started")
        resources = self._bound.app.asgi.state.resources
        if not isinstance(resources, Resources):
            raise TypeError("unexpected state")
        return resources

    def client(self, **options: object) -> httpx.AsyncClient:
        """Give a client of this backend; redirects are not followed."""
        return httpx.AsyncClient(
            base_url=self.url,
            trust_env=False,
            verify=trusted(),
            timeout=30,
            limits=LIMITS,
            **options,  # type: ignore[arg-type]
        )

    def wake_dispatcher(self) -> None:
        """Let the dispatcher look now, as when the clock was moved."""
        self.resources.job_ready.set()

    def wake_deleter(self) -> None:
        """Let who deletes objects look now."""
        self.resources.deletion_ready.set()
