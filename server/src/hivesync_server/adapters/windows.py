"""Sliding windows: how many requests of the last minute count, from two counts of whole minutes.

What the minute before the present one had counts by as much of it as still lies within the window. That
takes the same few bytes for any limit, and is never wrong by more than the unevenness of one minute.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

TAKE_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local counts, fits = {}, 1
for place, key in ipairs(KEYS) do
    local limit, span = tonumber(ARGV[2 * place - 1]), tonumber(ARGV[2 * place])
    local turn = math.floor(now / span)
    local kept = redis.call('HMGET', key, 'turn', 'count', 'before')
    local last, count, before = tonumber(kept[1]) or -2, tonumber(kept[2]) or 0, tonumber(kept[3]) or 0
    if last == turn - 1 then before, count = count, 0 elseif last ~= turn then before, count = 0, 0 end
    local passed = now - turn * span
    if before * (1 - passed / span) + count + 1 > limit then fits = 0 end
    counts[place] = {count, before, passed, turn, span}
end
local answer = {fits}
for place, key in ipairs(KEYS) do
    local count, before, passed, turn, span = unpack(counts[place])
    count = count + fits
    redis.call('HSET', key, 'turn', turn, 'count', count, 'before', before)
    redis.call('PEXPIRE', key, 2 * span)
    answer[#answer + 1], answer[#answer + 2], answer[#answer + 3] = count, before, passed
end
return answer
"""
"""For Redis: what `MemoryCache.take` does, by the clock that all processes share."""


@dataclass(frozen=True, slots=True)
class Window:
    """At most `limit` requests within any `seconds`; `key` says whose, and `name` what the client is told."""

    name: str
    key: str
    limit: int
    seconds: int = 60

    @property
    def span(self) -> int:
        """Give the window's length in milliseconds."""
        return self.seconds * 1000


@dataclass(frozen=True, slots=True)
class Count:
    """A window's state at one moment: the count of the present turn, of the one before, and the milliseconds
    that have passed of the present one.
    """

    count: int
    before: int
    passed: int

    def weighed(self, span: int) -> float:
        """Give how many requests count now."""
        return self.before * (1 - self.passed / span) + self.count

    def after(self, turns: int, passed: int) -> Count:
        """Give the state when so many turns have begun since."""
        if turns == 0:
            return Count(self.count, self.before, passed)
        return Count(0, self.count if turns == 1 else 0, passed)


@dataclass(frozen=True, slots=True)
class Taken:
    """Whether a request fitted into its windows, and how they stand now."""

    fits: bool
    counts: tuple[tuple[Window, Count], ...]

    def remaining(self, window: Window, count: Count) -> int:
        """Give how many more requests fit now."""
        return max(0, math.floor(window.limit - count.weighed(window.span)))

    def wait_seconds(self) -> int:
        """Give after how many seconds the next request fits into every window, at least 1."""
        return max(1, *(math.ceil(_wait(window, count)) for window, count in self.counts))


def reset_seconds(window: Window, count: Count) -> int:
    """Give after how many seconds nothing of now counts any more."""
    turns = 2 if count.count else 1
    return math.ceil((turns * window.span - count.passed) / 1000)


def _wait(window: Window, count: Count) -> float:
    """Give the seconds until one more fits: in this turn the one before fades, in the next this one does."""
    excess = count.weighed(window.span) + 1 - window.limit
    left = (window.span - count.passed) / 1000
    if excess <= 0:
        return 0
    if count.before and excess <= count.before * (1 - count.passed / window.span):
        return excess / count.before * window.seconds
    surplus = count.count + 1 - window.limit
    return left + (surplus / count.count * window.seconds if surplus > 0 and count.count else 0)
