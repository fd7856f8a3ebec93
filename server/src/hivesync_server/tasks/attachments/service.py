"""What a member can do with the attachments of a task.

The object store is never asked while a transaction is open: it may take its time, and rows would stay locked
(on SQLite, the whole database). What was looked at before is looked at again under the lock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hivesync_contract.activity import Verb
from hivesync_contract.attachments import (
    Attachment,
    AttachmentCreate,
    AttachmentCreated,
    AttachmentDownload,
    AttachmentState,
)
from hivesync_contract.errors import ErrorCode, FieldError, HiveSyncError
from hivesync_contract.pages import Page
from hivesync_contract.uploads import UploadedPart as NamedPart
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.adapters.db import Database
from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.objects import (
    DOWNLOAD_SECONDS,
    Bucket,
    ObjectStore,
    PartsRefused,
    StoredObject,
    UploadedPart,
)
from hivesync_server.http.pagination import PageRequest
from hivesync_server.object_deletions.service import ObjectDeletions
from hivesync_server.projects.repository import ProjectRepository
from hivesync_server.projects.service import ProjectUnknown
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.tasks.attachments import uploads
from hivesync_server.tasks.attachments.news import AttachmentNews
from hivesync_server.tasks.attachments.repository import AttachmentRepository
from hivesync_server.tasks.attachments.shapes import attachment_shape
from hivesync_server.tasks.attachments.tables import AttachmentRow
from hivesync_server.tasks.repository import TaskRepository
from hivesync_server.tasks.service import TaskUnknown
from hivesync_server.tasks.tables import TaskRow
from hivesync_server.tiers.limits import TierLimits

PER_TASK = 100


class AttachmentUnknown(HiveSyncError):
    """The task has no such attachment."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such attachment.")


class AttachmentRefused(HiveSyncError):
    """It can't be done with the attachment as it is."""

    code = ErrorCode.CONFLICT


class NotTheirs(HiveSyncError):
    """Neither its uploader nor the project's owner."""

    code = ErrorCode.FORBIDDEN

    def __init__(self) -> None:
        super().__init__("Only who attached the file, and the project's owner, may delete it.")


@dataclass(frozen=True, slots=True)
class Place:
    """The task that an address names, and who asks."""

    project_id: str
    task_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The place as a transaction shows it."""

    project: ProjectRow
    task: TaskRow
    attachments: AttachmentRepository

    async def get(self, attachment_id: str, *, lock: bool = False) -> AttachmentRow:
        """Give an attachment, or raise `AttachmentUnknown`."""
        row = await self.attachments.get(attachment_id, lock=lock)
        if row is None:
            raise AttachmentUnknown
        return row


@dataclass(frozen=True, slots=True)
class Attachments:
    """Attachments of one task, for one member."""

    place: Place
    session: AsyncSession
    database: Database
    store: ObjectStore
    deletions: ObjectDeletions
    news: AttachmentNews
    limits: TierLimits
    now: datetime

    async def page(self, page: PageRequest) -> Page[Attachment]:
        """List them."""
        seen = await self._see(self.session)
        rows = await seen.attachments.page(page.after, page.limit)
        return page.page(rows, lambda row: row.id, self._shape)

    async def download(self, attachment_id: str) -> AttachmentDownload:
        """Give one, with an address to download it from."""
        row = await (await self._see(self.session)).get(attachment_id)
        if row.state != AttachmentState.READY:
            return AttachmentDownload(self._shape(row), None, None)
        kind = uploads.download_type(row.content_type)
        url = self.store.presign_get(uploads.object_key(row.id), row.name, kind)
        return AttachmentDownload(self._shape(row), url, self.now + timedelta(seconds=DOWNLOAD_SECONDS))

    async def create(self, wanted: AttachmentCreate) -> AttachmentCreated:
        """Begin an upload, or raise what `uploads.check` raises, or `AttachmentRefused`."""
        uploads.check(wanted, self.limits)
        row = self._new(wanted)
        async with self.database.transaction(writes=False) as looking:
            await self._check_room(await self._see(looking.session))
        if wanted.part_md5s:
            # If nothing comes of it, R2 drops it by itself after 7 days.
            row.upload_id = await self.store.begin_multipart(uploads.object_key(row.id), uploads.OCTETS)
        planner = uploads.UploadPlanner(self.store, self.now)
        plan = await asyncio.to_thread(planner.plan, row.id, wanted, row.upload_id)
        seen = await self._see(self.session, lock=True)
        await self._check_room(seen)
        await seen.attachments.add(row)
        return AttachmentCreated(self._shape(row), plan)

    async def complete(self, attachment_id: str, parts: Sequence[NamedPart]) -> Attachment:
        """Note that the upload is done, once the store says so; a second time changes nothing."""
        async with self.database.transaction(writes=False) as looking:
            announced = await (await self._see(looking.session)).get(attachment_id)
        if announced.state == AttachmentState.UPLOADING:
            _check_stored(announced, await self._stored(announced, parts))
        seen = await self._see(self.session, lock=True)
        row = await seen.get(attachment_id, lock=True)
        if row.state == AttachmentState.UPLOADING:
            row.state, row.ready_at, row.upload_id = AttachmentState.READY.value, self.now, None
            await self.news.tell(Verb.ATTACHED, seen.task, row)
        return self._shape(row)

    async def delete(self, attachment_id: str) -> None:
        """Delete one with its object, or raise `NotTheirs`."""
        seen = await self._see(self.session, lock=True)
        row = await seen.get(attachment_id, lock=True)
        if self.place.user_id not in (row.uploader_id, seen.project.owner_id):
            raise NotTheirs
        await self.deletions.add(
            Bucket.ARTIFACTS,
            [uploads.object_key(row.id)],
            upload_id=row.upload_id,
            uploads_since=row.created_at,
        )
        await seen.attachments.delete(row)
        if row.state == AttachmentState.READY:
            await self.news.tell(Verb.DETACHED, seen.task, row)

    async def _see(self, session: AsyncSession, *, lock: bool = False) -> Seen:
        """Give the place, or raise `ProjectUnknown` or `TaskUnknown`."""
        place = self.place
        project = await ProjectRepository(session).visible(place.project_id, place.user_id, lock=lock)
        if project is None:
            raise ProjectUnknown
        task = await TaskRepository(session, place.project_id).get(place.task_id)
        if task is None:
            raise TaskUnknown
        return Seen(project, task, AttachmentRepository(session, place.task_id, place.user_id))

    async def _check_room(self, seen: Seen) -> None:
        if await seen.attachments.count() >= PER_TASK:
            raise AttachmentRefused(f"A task can have {PER_TASK} attachments; delete one first.")

    async def _stored(self, row: AttachmentRow, parts: Sequence[NamedPart]) -> StoredObject | None:
        """Give what the store has, after it made one object of the parts."""
        key = uploads.object_key(row.id)
        if row.upload_id is None:
            return await self.store.head(key)
        named = sorted((UploadedPart(part.number, part.etag) for part in parts), key=lambda part: part.number)
        needed = len(uploads.part_sizes(row.size))
        if [part.number for part in named] != list(range(1, needed + 1)):
            error = FieldError("parts", f"must be the parts 1 to {needed}")
            raise uploads.PartsInvalid("Name every part of the upload, each once.", errors=[error])
        try:
            await self.store.complete_multipart(key, row.upload_id, named)
        except PartsRefused:
            # Also said after an earlier request completed it and then lost its connection to us.
            found = await self.store.head(key)
            if found is None:
                raise
            return found
        return await self.store.head(key)

    def _new(self, wanted: AttachmentCreate) -> AttachmentRow:
        return AttachmentRow(
            id=new_id(),
            task_id=self.place.task_id,
            uploader_id=self.place.user_id,
            name=wanted.name,
            size=wanted.size,
            sha256=wanted.sha256,
            content_type=wanted.content_type,
            state=AttachmentState.UPLOADING.value,
            created_at=self.now,
        )

    def _shape(self, row: AttachmentRow) -> Attachment:
        return attachment_shape(row, self.place.project_id, self.place.task_id)


def _check_stored(row: AttachmentRow, found: StoredObject | None) -> None:
    """Raise `AttachmentRefused` unless the store has the announced bytes.

    Where it tells no checksum, the signed one of the upload vouches for them: nothing else can come here.
    """
    if found is None:
        raise AttachmentRefused("Nothing was uploaded yet; send the file first, then complete it.")
    if found.size != row.size or found.sha256 not in (None, row.sha256):
        raise AttachmentRefused("The upload is not the announced file; delete the attachment and begin anew.")
