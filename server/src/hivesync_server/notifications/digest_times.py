"""When digests are due."""

from __future__ import annotations

from datetime import datetime, timedelta


def next_digest(now: datetime, hour: int) -> datetime:
    """Give the next time at which the clock shows `hour`, in UTC."""
    today = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)
