"""The bell: keeps what rang until its alert is raised, for whoever must not take longer because of one.

A sign-in that fails has to take the same time for every account. So each that may be a guess leaves the same
row, whosever account it is about and if it is nobody's; which of them the administrators are told of is
decided afterwards. The row is there before the refusal leaves: a server that is killed loses none.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from hivesync_server.adapters.db import Transaction
from hivesync_server.adapters.ids import new_id
from hivesync_server.alerts.tables import AlertRingRow


@dataclass(frozen=True, slots=True)
class AlertBell:
    """One in each process. `heard` wakes its ringer; what another process rang is found by looking."""

    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def ring(self, transaction: Transaction, user_id: str | None, text: str, now: datetime) -> None:
        """Have an alert raised once this transaction is committed, if the user is an administrator."""
        transaction.session.add(AlertRingRow(id=new_id(), user_id=user_id, text=text, rung_at=now))
        transaction.after_commit(self.heard.set)
