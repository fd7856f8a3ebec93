"""How a transfer tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with the bytes that are done and those there are in all: often, and last with both the same."""
