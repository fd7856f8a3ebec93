"""Files attached to a task: their bytes go between this machine and the object store."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from hivesync_contract.attachments import (
    Attachment,
    AttachmentComplete,
    AttachmentCreate,
    AttachmentCreated,
    AttachmentDownload,
)
from hivesync_contract.errors import ErrorCode
from hivesync_contract.uploads import UploadedPart

from hivesync._async._concurrency import run_blocking
from hivesync._async._files import Source, fetch, transfer
from hivesync._async._resource import Resource
from hivesync._errors import ApiError
from hivesync._paths import segment
from hivesync._progress import Progress


class AsyncAttachments(Resource):
    """`client.projects.tasks(project_id).attachments(task_id)`."""

    def list(self) -> AsyncIterator[Attachment]:
        """Give every attachment."""
        return self._items("", Attachment)

    async def upload(
        self,
        path: str | os.PathLike[str],
        *,
        name: str | None = None,
        content_type: str = "application/octet-stream",
        progress: Progress | None = None,
    ) -> Attachment:
        """Attach a file of this machine; `progress` hears of bytes that were sent."""
        source = await run_blocking(Source.of, path)
        wanted = AttachmentCreate(
            name or source.path.name, source.size, source.sha256, content_type, source.part_md5s
        )
        created = await self.create(wanted)
        parts = await transfer(self._router, source, created.upload, progress)
        return await self.complete(created.attachment.id, parts)

    async def download(
        self, attachment_id: str, to: str | os.PathLike[str], *, progress: Progress | None = None
    ) -> Attachment:
        """Write an attachment into the file `to`, which appears when it is whole."""
        found = await self.get(attachment_id)
        if found.url is None:
            problem = {"code": ErrorCode.CONFLICT, "detail": "The attachment is still being uploaded."}
            raise ApiError(409, problem, {})
        attachment = found.attachment
        await fetch(self._router, found.url, Path(to), attachment.size, attachment.sha256, progress)
        return attachment

    async def get(self, attachment_id: str) -> AttachmentDownload:
        """Give an attachment with an address that opens it for a while."""
        return await self._decoded("GET", f"/{segment(attachment_id)}", AttachmentDownload)

    async def create(self, attachment: AttachmentCreate) -> AttachmentCreated:
        """Announce a file; the answer says how to send it. `upload` does all of it."""
        return await self._decoded("POST", "", AttachmentCreated, attachment)

    async def complete(self, attachment_id: str, parts: Sequence[UploadedPart] = ()) -> Attachment:
        """Say that it is uploaded."""
        body = AttachmentComplete([*parts])
        return await self._decoded("POST", f"/{segment(attachment_id)}/complete", Attachment, body)

    async def delete(self, attachment_id: str) -> None:
        """Delete an attachment."""
        await self._sent("DELETE", f"/{segment(attachment_id)}")
