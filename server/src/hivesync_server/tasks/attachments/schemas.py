"""Limits on what attachments take; the shapes themselves are the contract's."""

from __future__ import annotations

from typing import Annotated

from hivesync_contract.attachments import AttachmentComplete, AttachmentCreate
from hivesync_contract.limits import ATTACHMENT_BYTES, ATTACHMENT_PART_BYTES
from hivesync_contract.uploads import UploadedPart
from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from hivesync_server.http.fields import STRICT, stored_text
from hivesync_server.tasks.attachments.names import safe_name

PARTS_MAX = -(-ATTACHMENT_BYTES // ATTACHMENT_PART_BYTES)


def _named(value: str) -> str:
    name = safe_name(stored_text(value))
    if not name:
        raise ValueError("has nothing that a file could be called")
    return name


Sha256 = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$"), AfterValidator(str.lower)]
FileName = Annotated[str, Field(max_length=1024), AfterValidator(_named)]
ContentType = Annotated[
    str,
    Field(max_length=127, pattern=r"^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+$"),
    AfterValidator(str.lower),
]
Md5 = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{32}$"), AfterValidator(str.lower)]
Etag = Annotated[str, Field(min_length=1, max_length=512, pattern=r"^[\x21-\x7e]+$")]


@dataclass(frozen=True, slots=True, config=STRICT)
class AttachmentCreateBody(AttachmentCreate):
    """Body of `POST …/attachments`. Sizes beyond the limits have answers of their own."""

    name: FileName
    size: Annotated[int, Field(strict=True, ge=1, le=2**53)]
    sha256: Sha256
    content_type: ContentType = "application/octet-stream"
    part_md5s: Annotated[list[Md5], Field(max_length=PARTS_MAX)] = Field(default_factory=list)


@dataclass(frozen=True, slots=True, config=STRICT)
class UploadedPartBody(UploadedPart):
    """A part, as its upload was answered."""

    number: Annotated[int, Field(strict=True, ge=1, le=PARTS_MAX)]
    etag: Etag


@dataclass(frozen=True, slots=True, config=STRICT)
class AttachmentCompleteBody(AttachmentComplete):
    """Body of `POST …/attachments/{id}/complete`; for a file that went at once it may be left out."""

    parts: Annotated[list[UploadedPartBody], Field(max_length=PARTS_MAX)] = Field(default_factory=list)  # type: ignore[assignment]
