"""A length of time in words."""

from __future__ import annotations


def duration_words(seconds: float) -> str:
    """Give so many seconds, minutes, hours or days, whichever are two or more."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    if seconds < 2 * 86_400:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 86_400:.0f} days"
