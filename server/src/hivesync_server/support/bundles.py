"""Support bundles: uploaded by their owner, read by an admin, kept for 30 days. Nobody here looks inside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.limits import BUNDLE_BYTES
from hivesync_contract.support import BundleCreate, BundleCreated, BundleState, UploadedBundle
from hivesync_contract.uploads import FileUploadPlan, ObjectUpload
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.adapters.db import Database
from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.objects import UPLOAD_SECONDS, Bucket, ObjectStore
from hivesync_server.object_deletions.service import ObjectDeletions
from hivesync_server.support.repository import BundleRepository
from hivesync_server.support.tables import BundleRow

KEPT = timedelta(days=30)
UPLOAD_LIFE = timedelta(hours=24)
PER_USER = 10
_OCTETS = "application/octet-stream"
_BATCH = 200


class BundleUnknown(HiveSyncError):
    """The user has no such bundle, or has not uploaded it."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such support bundle.")


class BundleTooLarge(HiveSyncError):
    """Larger than any bundle."""

    code = ErrorCode.PAYLOAD_TOO_LARGE


class BundleRefused(HiveSyncError):
    """It can't be done with the bundle as it is."""

    code = ErrorCode.CONFLICT


def object_key(bundle_id: str) -> str:
    """Give the object's name."""
    return f"support/bundles/{bundle_id}"


@dataclass(frozen=True, slots=True)
class Bundles:
    """Support bundles of one user. As with attachments, no transaction is open while the store is asked."""

    session: AsyncSession
    database: Database
    store: ObjectStore
    deletions: ObjectDeletions
    user_id: str
    now: datetime

    async def create(self, wanted: BundleCreate) -> BundleCreated:
        """Begin an upload, or raise `BundleTooLarge` or `BundleRefused`."""
        if wanted.size > BUNDLE_BYTES:
            raise BundleTooLarge(f"A support bundle may have {BUNDLE_BYTES // 1024 // 1024} MB.")
        bundles = BundleRepository(self.session)
        if await bundles.count(self.user_id) >= PER_USER:
            raise BundleRefused(f"There are {PER_USER} bundles of yours already; delete one first.")
        row = BundleRow(
            id=new_id(),
            user_id=self.user_id,
            size=wanted.size,
            sha256=wanted.sha256,
            state=BundleState.UPLOADING.value,
            created_at=self.now,
            expires_at=self.now + UPLOAD_LIFE,
        )
        await bundles.add(row)
        put = self.store.presign_put(object_key(row.id), row.size, row.sha256, _OCTETS)
        ends = self.now + timedelta(seconds=UPLOAD_SECONDS)
        upload = ObjectUpload(put.url, row.size, put.headers)
        return BundleCreated(bundle_shape(row), FileUploadPlan(ends, put=upload))

    async def complete(self, bundle_id: str) -> UploadedBundle:
        """Note that the upload is done, once the store says so; a second time changes nothing."""
        async with self.database.transaction(writes=False) as looking:
            announced = await self._get(looking.session, bundle_id)
        if announced.state == BundleState.UPLOADING:
            found = await self.store.head(object_key(bundle_id))
            if found is None:
                raise BundleRefused("Nothing was uploaded yet; send the bundle first, then complete it.")
            if found.size != announced.size or found.sha256 not in (None, announced.sha256):
                raise BundleRefused("The upload is not the announced bundle; begin anew.")
        row = await self._get(self.session, bundle_id, lock=True)
        if row.state == BundleState.UPLOADING:
            row.state, row.expires_at = BundleState.READY.value, self.now + KEPT
        return bundle_shape(row)

    async def get(self, bundle_id: str) -> UploadedBundle:
        """Give a bundle, or raise `BundleUnknown`."""
        return bundle_shape(await self._get(self.session, bundle_id))

    async def delete(self, bundle_id: str) -> None:
        """Take a bundle back."""
        row = await self._get(self.session, bundle_id, lock=True)
        await _drop(self.deletions, row)
        await BundleRepository(self.session).delete(row)

    async def _get(self, session: AsyncSession, bundle_id: str, *, lock: bool = False) -> BundleRow:
        row = await BundleRepository(session).get(bundle_id, self.user_id, lock=lock)
        if row is None:
            raise BundleUnknown
        return row


async def download_url(session: AsyncSession, store: ObjectStore, bundle_id: str) -> str:
    """Give an admin an address to download a bundle from, or raise `BundleUnknown`."""
    row = await BundleRepository(session).any(bundle_id)
    if row is None or row.state != BundleState.READY:
        raise BundleUnknown
    return store.presign_get(object_key(row.id), f"support-bundle-{row.id}.zip", _OCTETS)


async def collect(deletions: ObjectDeletions) -> None:
    """Have bundles deleted whose time is over, and those of accounts that are gone."""
    bundles = BundleRepository(deletions.transaction.session)
    rows = await bundles.over(deletions.now, _BATCH)
    for row in rows:
        await _drop(deletions, row)
    if rows:
        await bundles.forget(rows)


def bundle_shape(row: BundleRow) -> UploadedBundle:
    """Give a bundle's wire form."""
    return UploadedBundle(
        row.id, row.size, row.sha256, BundleState(row.state), row.created_at, row.expires_at
    )


async def _drop(deletions: ObjectDeletions, row: BundleRow) -> None:
    await deletions.add(Bucket.ARTIFACTS, [object_key(row.id)], uploads_since=row.created_at)
