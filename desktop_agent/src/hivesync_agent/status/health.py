"""Is the backend there, and how far away? Asked only when somebody wants to know, and kept for a while."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from hivesync_contract.health import Health

from hivesync_agent.upstream import Upstream, UpstreamProblem, UpstreamUnreachable, decode_answer

CHECK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Reachability:
    """Outcome of one check. `health` is what the backend said about itself."""

    online: bool
    latency_ms: float | None
    health: Health | None
    checked_at: float


class HealthCheck:
    """Gives the last outcome while it is fresh; concurrent questions share one check."""

    def __init__(self, upstream: Upstream, *, fresh_seconds: float) -> None:
        self._upstream = upstream
        self._fresh_seconds = fresh_seconds
        self._last: Reachability | None = None
        self._lock = asyncio.Lock()

    async def reachability(self, fresh_seconds: float | None = None) -> Reachability:
        """Give an outcome that is not older than `fresh_seconds`, or than what is fresh in general."""
        limit = self._fresh_seconds if fresh_seconds is None else min(fresh_seconds, self._fresh_seconds)
        async with self._lock:
            if self._last is None or time.monotonic() - self._last.checked_at > limit:
                self._last = await self._check()
            return self._last

    def expire(self) -> None:
        """Check again at the next question: something has changed."""
        self._last = None

    async def _check(self) -> Reachability:
        started = time.monotonic()
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                status, answer = await self._upstream.exchange("GET", "/health", None, None, probe=True)
            health = decode_answer(status, answer, Health)
        except (UpstreamUnreachable, UpstreamProblem, TimeoutError):
            return Reachability(False, None, None, time.monotonic())
        ended = time.monotonic()
        return Reachability(True, round((ended - started) * 1000, 2), health, ended)
