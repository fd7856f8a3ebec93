"""How sizes are told to people who met a limit."""

from __future__ import annotations

import math

_KILOBYTE = 1024
_MEGABYTE = 1024 * _KILOBYTE


def size_text(size_bytes: int) -> str:
    """Give "2 MB" or "50.1 KB": rounded up, so that what is beyond a limit never reads like the limit."""
    unit, name = (_MEGABYTE, "MB") if size_bytes >= _MEGABYTE else (_KILOBYTE, "KB")
    return f"{math.ceil(size_bytes * 10 / unit) / 10:.1f}".removesuffix(".0") + f" {name}"
