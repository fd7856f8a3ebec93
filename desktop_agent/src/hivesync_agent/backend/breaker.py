"""Fail fast while the backend is away: no editor waits ten seconds for a connection that can't come.

Refuses to ask a backend that did not answer several times in a row, for a time that doubles and is jittered
(so that a thousand agents do not return in the same second). Then one request probes.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable

from hivesync_agent.backend.failures import BreakerOpen

FAILURES = 3
FIRST_SECONDS = 0.5
MAX_SECONDS = 10.0
PROBE_SECONDS = 30.0
"""A probe that has told nothing for so long has been forgotten by whoever sent it; another may go."""


class Breaker:
    """Closed, open (`blocked_seconds()` > 0), or half open with one probe under way."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, jitter: Callable[[], float] = random.random
    ) -> None:
        self._clock = clock
        self._jitter = jitter
        self._failures = 0
        self._blocked_until = 0.0
        self._recovered: Callable[[], None] = _nobody

    def tell_of_recovery(self, recovered: Callable[[], None]) -> None:
        """Name who hears of the first answer after failures."""
        self._recovered = recovered

    def blocked_seconds(self) -> float:
        """Tell for how long nothing is sent; 0 while requests pass."""
        return max(0.0, self._blocked_until - self._clock()) if self._failures >= FAILURES else 0.0

    def check(self) -> None:
        """Let a request pass, or raise `BreakerOpen`. After the pause the first that asks is the probe."""
        if self._failures < FAILURES:
            return
        if (seconds := self.blocked_seconds()) > 0:
            raise BreakerOpen(math.ceil(seconds))
        self._blocked_until = self._clock() + PROBE_SECONDS

    def succeeded(self) -> None:
        """Close: the backend has answered, whatever it said."""
        had_failed, self._failures = self._failures > 0, 0
        if had_failed:
            self._recovered()

    def failed(self) -> None:
        """Count a connection that could not be made, or an answer that did not come."""
        self._failures += 1
        doublings = min(self._failures - FAILURES, 10)
        if doublings >= 0:
            pause = min(FIRST_SECONDS * 2**doublings, MAX_SECONDS)
            self._blocked_until = self._clock() + pause * (0.5 + self._jitter() / 2)


def _nobody() -> None:
    """Nobody wants to know."""
