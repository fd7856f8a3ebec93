"""Signals between the processes of a deployment: names to look at, without contents. One may be lost.

Who listens therefore also looks by himself now and then; signals only make that rare.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Collection
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.tracing import NoTracing, Tracing

_SECONDS = 1.0
_RECONNECT_SECONDS = 0.5
_PING_SECONDS = 5.0
_logger = logging.getLogger(__name__)


class Signals(Protocol):
    """What the event hub needs."""

    @property
    def connected(self) -> bool:
        """Tell whether the signals of others arrive, as far as we know."""
        ...

    async def send(self, names: Collection[str]) -> None:
        """Tell the other processes; a failure is theirs to make up for."""
        ...

    async def follow(self, heard: Callable[[str], None], joined: Callable[[], None]) -> None:
        """Give each name that another process sends, until cancelled. `joined` is called whenever
        listening begins: what was sent before that was missed.
        """
        ...

    async def close(self) -> None:
        """Give back what is held."""
        ...


class NoSignals:
    """The embedded twin: there is nobody that we know of."""

    connected = False

    async def send(self, names: Collection[str]) -> None:
        """Nobody listens."""

    async def follow(self, heard: Callable[[str], None], joined: Callable[[], None]) -> None:
        """Nobody speaks."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Nothing is held."""


class RedisSignals:
    """Redis' publish/subscribe: one connection that listens, one that speaks.

    Its channels ignore the number of the database, so their name tells deployments apart.
    """

    def __init__(self, url: str, deployment: str, tracing: Tracing) -> None:
        self._tracing = tracing
        self._client = Redis.from_url(
            url,
            socket_timeout=_SECONDS,
            socket_connect_timeout=_SECONDS,
            # Once more, at once: a connection that lay idle while Redis restarted fails once.
            retry=Retry(NoBackoff(), 1),
        )
        self._channel = f"hivesync:signals:{hashlib.sha256(deployment.encode()).hexdigest()[:16]}"
        self._origin = new_id()
        self._connected = False
        self._speaks = True

    @property
    def connected(self) -> bool:
        """Tell whether we listen."""
        return self._connected

    async def send(self, names: Collection[str]) -> None:
        """Publish one message for all names."""
        try:
            with self._tracing.call("publish", "redis"):
                await self._client.publish(self._channel, " ".join([self._origin, *names]))
        except (RedisError, OSError) as error:
            if self._speaks:
                _logger.warning("signals not sent", extra={"reason": type(error).__name__})
            self._speaks = False
        else:
            self._speaks = True

    async def follow(self, heard: Callable[[str], None], joined: Callable[[], None]) -> None:
        """Listen, and connect again whenever that ends."""
        while True:
            try:
                async with self._client.pubsub() as subscription:
                    await subscription.subscribe(self._channel)
                    await self._listen(subscription, heard, joined)
            except (RedisError, OSError) as error:
                if self._connected:
                    _logger.warning("signals not heard", extra={"reason": type(error).__name__})
            finally:
                self._connected = False
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen(
        self, subscription: PubSub, heard: Callable[[str], None], joined: Callable[[], None]
    ) -> None:
        alive_at = time.monotonic()
        while True:
            message: dict[str, Any] | None = await subscription.get_message(timeout=_PING_SECONDS)
            if message is None:
                # A connection that died without a word (a cut cable, a frozen host) never fails by itself.
                if time.monotonic() - alive_at > 2.5 * _PING_SECONDS:
                    raise TimeoutError
                await subscription.ping()
                continue
            alive_at = time.monotonic()
            if message["type"] == "subscribe":
                self._connected = True
                joined()
            elif message["type"] == "message":
                origin, *names = message["data"].decode().split(" ")
                if origin != self._origin:
                    for name in names:
                        heard(name)

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()


def open_signals(url: str, deployment: str, tracing: Tracing | None = None) -> Signals:
    """Give signals through Redis, or none without an address. Processes of one `deployment` share them."""
    return RedisSignals(url, deployment, tracing or NoTracing()) if url else NoSignals()
