"""Ask for an export, look at it, fetch it; within one transaction."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from hivesync_contract.accounts import Export, ExportState
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_server.adapters.db import Transaction
from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.objects import Bucket, ObjectStore
from hivesync_server.audit.service import Audit, AuditAction, AuditDep
from hivesync_server.auth.errors import AuthInvalid
from hivesync_server.auth.repository import UserRepository
from hivesync_server.exports.repository import ExportRepository
from hivesync_server.exports.tables import ExportJobRow, ExportRow
from hivesync_server.object_deletions.service import ObjectDeletions
from hivesync_server.resources import ResourcesDep, TransactionDep
from hivesync_server.services import service

LIFE = timedelta(days=7)
_FILENAME = "hivesync-export.zip"
_BATCH = 100


class ExportUnknown(HiveSyncError):
    """None was asked for, or it is over."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no export of your data; ask for one by POST /profile/export.")


class ExportRunning(HiveSyncError):
    """One at a time: the answer would be the same."""

    code = ErrorCode.CONFLICT

    def __init__(self) -> None:
        super().__init__("An export of your data is being made; you get a mail when it is ready.")


@dataclass(frozen=True, slots=True)
class Exports:
    """The export of the user who asks. A new one takes the place of the one before."""

    repository: ExportRepository
    transaction: Transaction
    store: ObjectStore
    audit: Audit
    ready: asyncio.Event
    now: datetime

    async def begin(self, user_id: str) -> Export:
        """Have one made."""
        # Locked, so that of two requests at once the second finds the export of the first.
        if await UserRepository(self.transaction.session).locked(user_id) is None:
            raise AuthInvalid("The account is gone.")
        known = await self.repository.newest(user_id, self.now)
        if known is not None and known.state == ExportState.PENDING:
            raise ExportRunning
        await self.repository.end_all(user_id, self.now)
        row = ExportRow(id=new_id(), user_id=user_id, state=ExportState.PENDING.value, size=0)
        row.created_at, row.expires_at = self.now, self.now + LIFE
        await self.repository.add(row, ExportJobRow(export_id=row.id, tries=0, available_at=self.now))
        self.transaction.after_commit(self.ready.set)
        self.audit.note(AuditAction.EXPORT_ASKED, user_id, row.id)
        return self._shape(row)

    async def get(self, user_id: str) -> Export:
        """Give it, with an address to fetch it from for five minutes once it is ready."""
        row = await self.repository.newest(user_id, self.now)
        if row is None:
            raise ExportUnknown
        return self._shape(row)

    def _shape(self, row: ExportRow) -> Export:
        state = ExportState(row.state)
        is_ready = state is ExportState.READY
        url = self.store.presign_get(object_key(row.id), _FILENAME, "application/zip") if is_ready else None
        return Export(row.id, state, row.size, row.created_at, row.ready_at, row.expires_at, url)


async def collect(deletions: ObjectDeletions) -> None:
    """Delete exports whose time is over or whose account is gone, and their objects."""
    exports = ExportRepository(deletions.transaction.session)
    for row in await exports.over(deletions.now, _BATCH):
        await deletions.add(Bucket.ARTIFACTS, [object_key(row.id)])
        await exports.session.delete(row)


def object_key(export_id: str) -> str:
    """Give where in the bucket an export lies."""
    return f"exports/{export_id}.zip"


async def _exports(resources: ResourcesDep, transaction: TransactionDep, audit: AuditDep) -> Exports:
    return Exports(
        ExportRepository(transaction.session),
        transaction,
        resources.objects.artifacts,
        audit,
        resources.export_ready,
        resources.clock(),
    )


ExportsDep = Annotated[Exports, service(_exports)]
