"""The background task that makes exports, however often the store fails. Any number may run."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hivesync_contract.accounts import ExportState
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import Database
from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.objects import ObjectStore, ObjectStoreUnreachable
from hivesync_server.auth.repository import UserRepository
from hivesync_server.background.backoff import backoff
from hivesync_server.background.leases import LEASE, Leases, kept
from hivesync_server.background.loop import Loop
from hivesync_server.exports.contents import Contents, contents_of
from hivesync_server.exports.repository import ExportRepository
from hivesync_server.exports.service import LIFE, object_key
from hivesync_server.exports.tables import ExportJobRow, ExportRow
from hivesync_server.mails.letters import MailKind, letter
from hivesync_server.mails.outbox import OutboxMailer

TRIES_MAX = 12
POLL_SECONDS = 30.0
BACKOFF_FIRST_SECONDS = 5.0
BACKOFF_MAX_SECONDS = 1800.0
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exporter:
    """One at a time in each process. Making one twice stores the same object twice, and tells once."""

    database: Database
    store: ObjectStore
    clock: Clock
    ready: asyncio.Event
    lease: str = field(default_factory=new_id)

    async def run(self) -> None:
        """Work until cancelled."""
        await Loop("exports", self.step, self.ready, POLL_SECONDS).run()

    async def step(self) -> bool:
        """Make one that is due; tell whether there was one."""
        async with self.database.transaction() as transaction:
            waiting = Leases(transaction.session, ExportJobRow, self.lease)
            jobs: Sequence[ExportJobRow] = await waiting.claim(
                self.clock(), LEASE, 1, ExportJobRow.available_at
            )
        for job in jobs:
            in_hand = ExportJobRow.export_id == job.export_id
            async with kept(self.database, self.clock, ExportJobRow, self.lease, in_hand):
                await self._make(job.export_id)
        return bool(jobs)

    async def _make(self, export_id: str) -> None:
        async with self.database.transaction(writes=False) as transaction:
            row = await transaction.session.get(ExportRow, export_id)
            if row is None or row.user_id is None:
                found: Contents = {}
            else:
                found = await contents_of(transaction.session, row.user_id)
        archive = await asyncio.to_thread(_packed, found)
        try:
            if found:
                await self.store.put(object_key(export_id), archive, "application/zip")
        except ObjectStoreUnreachable:
            await self._postpone(export_id)
            return
        await self._finish(export_id, len(archive))

    async def _finish(self, export_id: str, size: int) -> None:
        now = self.clock()
        async with self.database.transaction() as transaction:
            if await self._held(transaction.session, export_id) is None:
                return  # our lease had run out, and another made it
            exports = ExportRepository(transaction.session)
            row = await exports.locked(export_id)
            if row is None:
                return
            await exports.finish(row, ExportState.READY)
            row.size, row.ready_at = size, now
            user = await UserRepository(transaction.session).by_id(row.user_id) if row.user_id else None
            if user is not None:
                mail = letter(MailKind.EXPORT_READY, user.email, days=LIFE.days)
                await OutboxMailer(transaction.session, now).send(mail)

    async def _postpone(self, export_id: str) -> None:
        now = self.clock()
        async with self.database.transaction() as transaction:
            job = await self._held(transaction.session, export_id)
            if job is None:
                return
            job.postpone(now + backoff(job.tries + 1, BACKOFF_FIRST_SECONDS, BACKOFF_MAX_SECONDS))
            if job.tries >= TRIES_MAX:
                _logger.error("export given up", extra={"export_id": export_id})
                exports = ExportRepository(transaction.session)
                if row := await exports.locked(export_id):
                    await exports.finish(row, ExportState.FAILED)

    async def _held(self, session: AsyncSession, export_id: str) -> ExportJobRow | None:
        waiting = Leases(session, ExportJobRow, self.lease)
        return await waiting.held(ExportJobRow.export_id == export_id)


def _packed(found: Contents) -> bytes:
    """Make the archive: a file of JSON for each kind of thing."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in found.items():
            archive.writestr(f"{name}.json", json.dumps(rows, indent=2, ensure_ascii=False, default=_text))
    return packed.getvalue()


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"an export can't hold a {type(value).__name__}")
