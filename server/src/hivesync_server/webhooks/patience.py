"""How long to wait before the next try, and when to stop trying."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from hivesync_server.background.backoff import backoff

_SECOND, _MINUTE, _HOUR = 1, 60, 3600
PAUSES_SECONDS = (
    5 * _SECOND,
    5 * _MINUTE,
    30 * _MINUTE,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    14 * _HOUR,
    20 * _HOUR,
    24 * _HOUR,
)
"""Between the tries of one message: ten tries in a little more than three days."""

FAILING_MAX = timedelta(days=5)
"""So long nothing may arrive before a webhook is disabled."""

RETRY_AFTER_MAX = timedelta(hours=24)
_REST_FIRST_SECONDS = 5.0
_REST_MAX_SECONDS = 300.0


def pause_after(tries: int) -> timedelta | None:
    """Give the pause after so many tries of a message, or None when there have been enough."""
    if tries > len(PAUSES_SECONDS):
        return None
    # A tenth more or less, so that what failed together does not come back together.
    return timedelta(seconds=PAUSES_SECONDS[tries - 1] * random.uniform(0.9, 1.1))  # noqa: S311 - no secret


def rest_after(turns: int) -> timedelta:
    """Give how long an endpoint is left alone after so many turns in a row of which nothing arrived."""
    return backoff(turns, _REST_FIRST_SECONDS, _REST_MAX_SECONDS)


def read_retry_after(value: str, now: datetime) -> timedelta:
    """Read `Retry-After` (RFC 9110 §10.2.3), within reason; nothing readable is no wish."""
    if value.isascii() and value.isdigit():
        wanted = timedelta(seconds=min(int(value[:9]), int(RETRY_AFTER_MAX.total_seconds())))
    else:
        wanted = _until(value, now)
    return max(timedelta(), min(wanted, RETRY_AFTER_MAX))


def _until(value: str, now: datetime) -> timedelta:
    try:
        return parsedate_to_datetime(value) - now
    except (ValueError, TypeError, OverflowError):  # TypeError: a date without a zone
        return timedelta()
