"""The flaws that there are, by name, and the example's functions as they are without any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import hivesync_client as client  # type: ignore[import-not-found]

FLAWS: dict[str, Callable[[], None]] = {}
Discover = client.discover
Connect = client.connect
ThroughAgent = client.through_agent
Headers = client.agent_headers
Decoded = client.decoded


def flaw(spoil: Callable[[], None]) -> Callable[[], None]:
    """Make a function that spoils the client known by its name."""
    FLAWS[spoil.__name__.replace("_", "-")] = spoil
    return spoil


def absent(*_: Any) -> Any:
    raise client.Absent("AGENT_ABSENT", "never looked")
