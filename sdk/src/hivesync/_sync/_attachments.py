# Generated from hivesync/_async by `make generate`; do not edit.
"""Files attached to a task: their bytes go between this machine and the object store."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
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

from hivesync._errors import ApiError
from hivesync._paths import segment
from hivesync._progress import Progress
from hivesync._sync._concurrency import run_blocking
from hivesync._sync._files import Source, fetch, transfer
from hivesync._sync._resource import Resource


class Attachments(Resource):
    """`client.projects.tasks(project_id).attachments(task_id)`."""

    def list(self) -> Iterator[Attachment]:
        """Give every attachment."""
        return self._items("", Attachment)

    def upload(
        self,
        path: str | os.PathLike[str],
        *,
        name: str | None = None,
        content_type: str = "application/octet-stream",
        progress: Progress | None = None,
    ) -> Attachment:
        """Attach a file of this machine; `progress` hears of bytes that were sent."""
        source = run_blocking(Source.of, path)
        wanted = AttachmentCreate(
            name or source.path.name, source.size, source.sha256, content_type, source.part_md5s
        )
        created = self.create(wanted)
        parts = transfer(self._router, source, created.upload, progress)
        return self.complete(created.attachment.id, parts)

    def download(
        self, attachment_id: str, to: str | os.PathLike[str], *, progress: Progress | None = None
    ) -> Attachment:
        """Write an attachment into the file `to`, which appears when it is whole."""
        found = self.get(attachment_id)
        if found.url is None:
            problem = {"code": ErrorCode.CONFLICT, "detail": "The attachment is still being uploaded."}
            raise ApiError(409, problem, {})
        attachment = found.attachment
        fetch(self._router, found.url, Path(to), attachment.size, attachment.sha256, progress)
        return attachment

    def get(self, attachment_id: str) -> AttachmentDownload:
        """Give an attachment with an address that opens it for a while."""
        return self._decoded("GET", f"/{segment(attachment_id)}", AttachmentDownload)

    def create(self, attachment: AttachmentCreate) -> AttachmentCreated:
        """Announce a file; the answer says how to send it. `upload` does all of it."""
        return self._decoded("POST", "", AttachmentCreated, attachment)

    def complete(self, attachment_id: str, parts: Sequence[UploadedPart] = ()) -> Attachment:
        """Say that it is uploaded."""
        body = AttachmentComplete([*parts])
        return self._decoded("POST", f"/{segment(attachment_id)}/complete", Attachment, body)

    def delete(self, attachment_id: str) -> None:
        """Delete an attachment."""
        self._sent("DELETE", f"/{segment(attachment_id)}")
