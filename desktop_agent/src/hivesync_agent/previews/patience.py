"""Repeat a call that failed because the backend was away. Gives up on everything that will not change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from hivesync_contract.errors import ErrorCode, HiveSyncError

T = TypeVar("T")
_PASSING = frozenset({ErrorCode.UPSTREAM_UNREACHABLE, ErrorCode.RATE_LIMITED, ErrorCode.CONFLICT})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an accepted preview waits for a backend that restarts. Calls must be idempotent."""

    first_seconds: float = 0.5
    longest_seconds: float = 8.0
    give_up_seconds: float = 180.0

    async def call(self, attempt: Callable[[], Awaitable[T]], *, wait_for_session: bool = False) -> T:
        """Give the outcome of the first attempt that is not retryable, or the last error.

        `wait_for_session` also waits for a sign-in: an agent that was restarted may have lost a session
        that was kept in memory only.
        """
        loop = asyncio.get_running_loop()
        ends = loop.time() + self.give_up_seconds
        pause = self.first_seconds
        while True:
            try:
                return await attempt()
            except HiveSyncError as error:
                if not is_passing(error, wait_for_session) or loop.time() + pause > ends:
                    raise
            await asyncio.sleep(pause)
            pause = min(pause * 2, self.longest_seconds)


def is_passing(error: HiveSyncError, wait_for_session: bool = False) -> bool:
    """Tell whether the same call may succeed later. 501 and 507 are final (RFC 9110 §15.6.2, RFC 4918).

    `CONFLICT` is what the backend answers while it still works on the same idempotency key.
    """
    if error.code is ErrorCode.AUTH_REQUIRED:
        return wait_for_session
    if error.code in _PASSING:
        return True
    return error.status in (500, 502, 503, 504) or error.retryable
