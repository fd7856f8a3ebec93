"""Files attached to tasks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hivesync_contract.uploads import FileUploadPlan, UploadedPart


class AttachmentState(StrEnum):
    """While `uploading` an attachment is shown to its uploader only."""

    UPLOADING = "uploading"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file attached to a task. `name` is safe to be shown and to be a file's name; `sha256` is hex.

    `content_type` is what the uploader said: what a program opens by it is at its own risk.
    """

    id: str
    project_id: str
    task_id: str
    uploader_id: str | None
    name: str
    size: int
    sha256: str
    content_type: str
    state: AttachmentState
    created_at: datetime
    ready_at: datetime | None


@dataclass(frozen=True, slots=True)
class AttachmentCreate:
    """`POST …/tasks/{id}/attachments`.

    A file above `ATTACHMENT_SINGLE_BYTES` goes in parts of `ATTACHMENT_PART_BYTES`, the last one shorter;
    then `part_md5s` has the MD5 of each part in hex, by which the store checks what it gets.
    """

    name: str
    size: int
    sha256: str
    content_type: str = "application/octet-stream"
    part_md5s: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AttachmentCreated:
    """Answer of `POST …/attachments`. After the upload: `POST …/attachments/{id}/complete`."""

    attachment: Attachment
    upload: FileUploadPlan


@dataclass(frozen=True, slots=True)
class AttachmentComplete:
    """`POST …/attachments/{id}/complete`. `parts`: all of them, if the plan had parts."""

    parts: list[UploadedPart] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AttachmentDownload:
    """`GET …/attachments/{id}`. Whoever has `url` can download until `expires_at`; null while `uploading`.

    It is no redirect, since clients would send their access token along to the object store.
    """

    attachment: Attachment
    url: str | None
    expires_at: datetime | None
