"""Changes that the agent keeps while the backend is away are done for the user, and said to be waiting."""

from __future__ import annotations

from typing import Any

import sublime

from ..client.errors import QUEUED


def tell_done(told: Any, words: str) -> None:
    """Say that a change is done, or that it waits for the network."""
    waits = isinstance(told, dict) and told.get("code") == QUEUED
    later = " It waits for the network and is sent by itself." if waits else ""
    sublime.status_message(f"HiveSync: {words}{later}")
