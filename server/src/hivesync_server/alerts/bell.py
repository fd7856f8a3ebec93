"""The bell: raises alerts for whoever has no transaction, or must not take longer because of one.

A sign-in that fails has to take the same time for every account, so an alert about it is raised afterwards.
What rings when nobody keeps up is dropped: who guesses comes again.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

from hivesync_contract.alerts import AlertKind

_WAITING_MAX = 100
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ring:
    """What to raise; see `Alerts.raise_alert`."""

    kind: AlertKind
    text: str
    key: str


@dataclass(frozen=True, slots=True)
class AlertBell:
    """One in each process."""

    waiting: asyncio.Queue[Ring] = field(default_factory=lambda: asyncio.Queue(_WAITING_MAX))

    def ring(self, kind: AlertKind, text: str, key: str) -> None:
        """Have an alert raised soon."""
        try:
            self.waiting.put_nowait(Ring(kind, text, key))
        except asyncio.QueueFull:
            _logger.warning("alert dropped: too many wait", extra={"kind": kind.value, "key": key})
