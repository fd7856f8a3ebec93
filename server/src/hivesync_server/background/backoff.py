"""Pauses between tries."""

from __future__ import annotations

import random
from datetime import timedelta


def backoff(tries: int, first_seconds: float, longest_seconds: float) -> timedelta:
    """Give the pause after so many tries: doubling, capped, and random so that many don't return at once."""
    longest = min(longest_seconds, first_seconds * 2 ** min(tries - 1, 16))
    return timedelta(seconds=longest * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
