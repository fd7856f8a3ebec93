"""Puts what this process warns of into the logbook, later and in batches: logging waits for no database."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hivesync_server.adapters.db import Database
from hivesync_server.adapters.ids import new_id
from hivesync_server.background.loop import Loop
from hivesync_server.logbook.tables import LogRow
from hivesync_server.logs import JsonFormatter

PENDING_MAX = 500
PAUSE_SECONDS = 5.0
TEXT_CHARACTERS = 1_000
FIELDS_CHARACTERS = 8_000
_PARTS = ("at", "level", "logger", "message", "request_id")


class PendingRecords(logging.Handler):
    """Keeps the newest records until the keeper takes them; what is too much is forgotten, oldest first."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.setFormatter(JsonFormatter())
        self.pending: deque[dict[str, Any]] = deque(maxlen=PENDING_MAX)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record, as the line that stands in the log."""
        try:
            self.pending.append(json.loads(self.format(record)))
        except Exception:  # as every handler does: a record that can't be formatted breaks nothing
            self.handleError(record)


@dataclass(slots=True)
class LogKeeper:
    """One background task in each process."""

    database: Database
    records: PendingRecords = field(default_factory=PendingRecords)

    async def run(self) -> None:
        """Listen and work until cancelled; what is still to be written then is written."""
        root = logging.getLogger()
        root.addHandler(self.records)
        try:
            await Loop("logbook", self.step, asyncio.Event(), PAUSE_SECONDS).run()
        finally:
            root.removeHandler(self.records)

    async def step(self) -> bool:
        """Write what is there; it stays pending until it is committed."""
        batch = list(self.records.pending)
        if not batch:
            return False
        async with self.database.transaction() as transaction:
            transaction.session.add_all(_row(entry) for entry in batch)
        written = {id(entry) for entry in batch}
        while self.records.pending and id(self.records.pending[0]) in written:
            self.records.pending.popleft()
        return False


def _row(entry: dict[str, Any]) -> LogRow:
    more = {name: value for name, value in entry.items() if name not in _PARTS}
    return LogRow(
        id=new_id(),
        at=datetime.fromisoformat(entry["at"]).astimezone(UTC),
        level=entry["level"],
        logger=_storable(entry["logger"], 200),
        message=_storable(entry["message"], TEXT_CHARACTERS),
        request_id=_storable(str(entry.get("request_id", "")), 200),
        fields=json.dumps(_shortened(more)),
    )


def _shortened(fields: dict[str, Any]) -> dict[str, str]:
    """Give fields as text. Of an exception the end counts: it says what was raised."""
    shown = {}
    for name, value in fields.items():
        text = value if isinstance(value, str) else json.dumps(value)
        shown[name] = text[-FIELDS_CHARACTERS:] if name == "exception" else text[:TEXT_CHARACTERS]
    return shown


def _storable(text: str, characters: int) -> str:
    # Postgres takes neither NUL nor half a surrogate pair, and one bad record must not hold up all others.
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:characters]
