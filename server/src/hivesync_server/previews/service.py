"""What a user can do with previews, within one transaction."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.events import EventType, PreviewEvent
from hivesync_contract.jobs import JobKind, SourceManifest
from hivesync_contract.limits import PREVIEW_LIFETIME_SECONDS
from hivesync_contract.previews import FileEntry, Narrowed, Origin, PreviewCreate, PreviewState, UploadPlan

from hivesync_server.adapters.db import Transaction
from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.objects import ObjectStore
from hivesync_server.events.publisher import EventPublisher
from hivesync_server.jobs.queue import JobQueue, Work
from hivesync_server.owned_objects.repository import OwnedObjects
from hivesync_server.previews.limits import check_sizes
from hivesync_server.previews.packs import stored_packs
from hivesync_server.previews.repository import PreviewAndVersion, PreviewRepository
from hivesync_server.previews.shapes import MANIFEST, preview_shape
from hivesync_server.previews.tables import PreviewRow, PreviewVersionRow
from hivesync_server.previews.uploads import plan_uploads
from hivesync_server.projects.sources import SourceRepository
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.quotas.service import Quotas
from hivesync_server.resources import Resources

OBJECTS_KEPT = timedelta(hours=1)
"""After a preview's end, for a phone that is just looking."""


class PreviewUnknown(HiveSyncError):
    """The project has no such preview."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such preview.")


class PreviewExpired(HiveSyncError):
    """The preview's time is over; a new one has to be made."""

    code = ErrorCode.PREVIEW_EXPIRED


class PreviewNotFailed(HiveSyncError):
    """Only what has failed can be built again."""

    code = ErrorCode.CONFLICT

    def __init__(self) -> None:
        super().__init__("Only a preview that failed can be retried; this one has not failed.")


class NotYours(HiveSyncError):
    """Another member's preview: to be seen, not to be changed."""

    code = ErrorCode.FORBIDDEN

    def __init__(self) -> None:
        super().__init__("Only the member who made this preview may do that.")


@dataclass(frozen=True, slots=True)
class Previews:
    """Previews of one project, for one user."""

    repository: PreviewRepository
    sources: SourceRepository
    queue: JobQueue
    quotas: Quotas
    events: EventPublisher
    objects: ObjectStore
    owned: OwnedObjects
    now: datetime

    async def create(self, project: ProjectRow, body: PreviewCreate) -> tuple[PreviewAndVersion, UploadPlan]:
        """Begin a preview: record its manifest, and say what has to be uploaded."""
        self._check_sizes(body)
        preview = PreviewRow(
            id=new_id(),
            project_id=project.id,
            user_id=self.quotas.user_id,
            latest_version=1,
            created_at=self.now,
            expires_at=self.now + timedelta(seconds=PREVIEW_LIFETIME_SECONDS),
        )
        version, plan = await self._version(project, preview, body)
        await self.quotas.take_preview(preview.id)
        await self.repository.add(preview, version)
        await self.owned.of_preview(preview.id, project.id, preview.expires_at + OBJECTS_KEPT)
        return await self._announced(PreviewAndVersion(preview, version)), plan

    async def create_version(
        self, project: ProjectRow, preview_id: str, body: PreviewCreate
    ) -> tuple[PreviewAndVersion, UploadPlan]:
        """Begin the next version of a preview; its link stays."""
        self._check_sizes(body)
        preview = (await self.own_alive(project, preview_id)).preview
        preview.latest_version += 1
        version, plan = await self._version(project, preview, body)
        await self.repository.add(version)
        return await self._announced(PreviewAndVersion(preview, version)), plan

    async def complete(self, project: ProjectRow, preview_id: str) -> PreviewAndVersion:
        """Note that all uploads are done and queue the build; a second time changes nothing."""
        rows = await self.own(project, preview_id)
        if rows.version.state != PreviewState.UPLOADING:
            return rows
        return await self._queued(rows)

    async def retry(self, project: ProjectRow, preview_id: str) -> PreviewAndVersion:
        """Build a failed preview again, or raise `PreviewNotFailed` or `PreviewExpired`."""
        rows = await self.own(project, preview_id)
        if rows.version.state != PreviewState.FAILED:
            raise PreviewNotFailed
        self._check_alive(rows.preview)
        return await self._queued(rows)

    async def delete(self, project: ProjectRow, preview_id: str) -> None:
        """Delete a preview, whose builds come to nothing; the project's owner may do so with any."""
        rows = await self.get(project, preview_id, lock=True)
        if self.quotas.user_id not in (rows.preview.user_id, project.owner_id):
            raise NotYours
        await self.queue.cancel(rows.preview.id)
        await self.repository.delete(rows.preview)

    async def _queued(self, rows: PreviewAndVersion) -> PreviewAndVersion:
        preview, number = rows.preview, rows.version.version
        await self.quotas.check_build(preview.id)
        # Nobody will look at an older version any more.
        await self.queue.cancel(preview.id, only_undelivered=True)
        work = Work(
            JobKind.PREVIEW_BUILD,
            preview.project_id,
            preview.user_id,
            preview.id,
            self.quotas.tier,
            version=number,
        )
        await self.queue.add(work)
        rows.version.state, rows.version.error = PreviewState.BUILDING.value, None
        return await self._announced(rows)

    async def own(self, project: ProjectRow, preview_id: str) -> PreviewAndVersion:
        """Give and lock a preview of the user's own, or raise `PreviewUnknown`, or `NotYours`."""
        rows = await self.get(project, preview_id, lock=True)
        if rows.preview.user_id != self.quotas.user_id:
            raise NotYours
        return rows

    async def own_alive(self, project: ProjectRow, preview_id: str) -> PreviewAndVersion:
        """Like `own`, but raise `PreviewExpired` where its time is over."""
        rows = await self.own(project, preview_id)
        self._check_alive(rows.preview)
        return rows

    def _check_alive(self, preview: PreviewRow) -> None:
        if preview.expires_at <= self.now:
            raise PreviewExpired("The preview has expired; make a new one.")

    def _check_sizes(self, body: PreviewCreate) -> None:
        check_sizes(body.files, self.quotas.tier, self.quotas.limits.upload_bytes)

    async def get(self, project: ProjectRow, preview_id: str, *, lock: bool = False) -> PreviewAndVersion:
        """Give a preview with its latest version, or raise `PreviewUnknown`."""
        rows = await self.repository.latest(preview_id, project.id, lock=lock)
        if rows is None:
            raise PreviewUnknown
        return rows

    async def _version(
        self, project: ProjectRow, preview: PreviewRow, body: PreviewCreate
    ) -> tuple[PreviewVersionRow, UploadPlan]:
        number = preview.latest_version
        stored = await self.sources.use(project.id, (file.sha256 for file in body.files), self.now)
        missing = [file for file in body.files if file.sha256 not in stored]
        uploads = await asyncio.to_thread(plan_uploads, self.objects, project.id, preview.id, number, missing)
        title = body.title or project.name
        files = [FileEntry(file.path, file.size, file.sha256) for file in body.files]
        manifest = SourceManifest(
            kind=body.kind,
            entry=body.entry,
            platform=body.platform,
            title=title,
            files=files,
            packs=uploads.packs,
            env=body.env,
            links=body.links,
            live=body.live,
            narrowed=_narrowed(body),
            stored=stored_packs(stored.values()),
        )
        row = PreviewVersionRow(
            preview_id=preview.id,
            version=number,
            kind=body.kind.value,
            platform=body.platform.value,
            title=title,
            entry=body.entry,
            state=PreviewState.UPLOADING.value,
            manifest=MANIFEST.dump_json(manifest).decode(),
            created_at=self.now,
        )
        return row, uploads.plan

    async def _announced(self, rows: PreviewAndVersion) -> PreviewAndVersion:
        await self.events.publish(
            rows.preview.user_id, EventType.PREVIEW_STATE, PreviewEvent(preview_shape(rows))
        )
        return rows


def _narrowed(body: PreviewCreate) -> Narrowed:
    """Give it in the contract's own shape, as it is stored."""
    return {
        path: {name: origin and Origin(origin.source, origin.name) for name, origin in names.items()}
        for path, names in body.narrowed.items()
    }


def previews_on(resources: Resources, transaction: Transaction, quotas: Quotas) -> Previews:
    """Give the service for one transaction and the user whose quotas these are."""
    session = transaction.session
    return Previews(
        repository=PreviewRepository(session),
        sources=SourceRepository(session),
        queue=JobQueue(transaction, resources.job_ready, quotas.now),
        quotas=quotas,
        events=EventPublisher(transaction, resources.hub, quotas.now),
        objects=resources.objects.previews,
        owned=OwnedObjects(session),
        now=quotas.now,
    )
