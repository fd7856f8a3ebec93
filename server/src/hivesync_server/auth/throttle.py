"""Slows down who guesses passwords: each failure beyond a few doubles the wait, per account and per network.

An account's owner is not locked out by strangers: a network from which the account was signed in to before
has a count of its own. Tries are counted before the password is looked at, so that one that is refused is
refused when it is right, and however many come at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from hivesync_contract.errors import ErrorCode

from hivesync_server.adapters.cache import Cache
from hivesync_server.retry_later import RetryLater

COUNTED_SECONDS = 3600
WAIT_SECONDS_FIRST = 8
WAIT_SECONDS_MAX = 900
FREE_PER_ACCOUNT = 5
FREE_PER_NETWORK = 100
"""Many people may share a network."""


class TooManyTries(RetryLater):
    """Someone guesses; `headers` say how many seconds to wait at most."""

    code = ErrorCode.RATE_LIMITED

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many wrong attempts. Wait {seconds} seconds, then try again.", seconds)


def is_guessing(tries: int) -> bool:
    """Tell whether so many failures within an hour are no slip any more."""
    return tries >= FREE_PER_ACCOUNT


@dataclass(frozen=True, slots=True)
class Throttle:
    """Counts tries in the cache that all processes share; without it nobody is refused."""

    cache: Cache

    async def admit(self, bucket: str, free: int) -> int:
        """Count a try and give how many there were, or raise `TooManyTries` if too near."""
        tries = await self.cache.increment(f"tries:{bucket}", COUNTED_SECONDS)
        if tries <= free:
            return tries
        wait = min(WAIT_SECONDS_FIRST * 2 ** min(tries - free - 1, 16), WAIT_SECONDS_MAX)
        # The key lives as long as the wait: whoever makes it may try, all others come too early.
        if await self.cache.increment(f"wait:{bucket}", wait) > 1:
            await self.cache.take_back(f"tries:{bucket}")
            raise TooManyTries(wait)
        return tries

    async def forgive(self, bucket: str) -> None:
        """Forget the failures: the right password came."""
        await self.cache.forget(f"tries:{bucket}")
        await self.cache.forget(f"wait:{bucket}")

    async def was_right(self, bucket: str) -> None:
        """Take one try back; a network's other failures stay, else one account of theirs would clear them."""
        await self.cache.take_back(f"tries:{bucket}")
