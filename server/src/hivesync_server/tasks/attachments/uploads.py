"""How an attachment gets into the object store: by one upload, or in parts, each signed for its bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from hivesync_contract.attachments import AttachmentCreate
from hivesync_contract.errors import ErrorCode, FieldError, HiveSyncError
from hivesync_contract.limits import ATTACHMENT_BYTES, ATTACHMENT_PART_BYTES, ATTACHMENT_SINGLE_BYTES
from hivesync_contract.uploads import FileUploadPlan, ObjectUpload

from hivesync_server.adapters.objects import UPLOAD_SECONDS, ObjectStore
from hivesync_server.tiers.errors import TierLimit
from hivesync_server.tiers.limits import TierLimits
from hivesync_server.tiers.sizes import size_text

OCTETS = "application/octet-stream"
"""The stored type of every attachment: no browser shows it, whatever its bytes are."""

_SHOWN_TYPES = frozenset(
    {
        *("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"),
        *("text/plain", "text/csv", "application/json", "application/pdf", "application/zip"),
        *("video/mp4", "video/webm", "audio/mpeg", "audio/ogg"),
    }
)
"""Types that a download may have, since no program runs what they hold as a page of ours."""


class AttachmentTooLarge(HiveSyncError):
    """Larger than any tier allows."""

    code = ErrorCode.PAYLOAD_TOO_LARGE


class PartsInvalid(HiveSyncError):
    """The parts are not those that a file of this size has."""

    code = ErrorCode.VALIDATION_ERROR


def object_key(attachment_id: str) -> str:
    """Give the object's name, which holds nothing that a user typed."""
    return f"tasks/attachments/{attachment_id}"


def download_type(content_type: str) -> str:
    """Give the type of a download: the uploader's, if it is harmless."""
    return content_type if content_type in _SHOWN_TYPES else OCTETS


def part_sizes(size: int) -> list[int]:
    """Give the sizes of a file's parts; none if it goes at once."""
    if size <= ATTACHMENT_SINGLE_BYTES:
        return []
    whole, rest = divmod(size, ATTACHMENT_PART_BYTES)
    return [ATTACHMENT_PART_BYTES] * whole + ([rest] if rest else [])


def check(wanted: AttachmentCreate, limits: TierLimits) -> None:
    """Raise `AttachmentTooLarge`, `TierLimit` or `PartsInvalid` for what can't be attached."""
    if wanted.size > ATTACHMENT_BYTES:
        raise AttachmentTooLarge(
            f"An attachment may be {size_text(ATTACHMENT_BYTES)}; share larger files by a link."
        )
    if wanted.size > limits.attachment_bytes:
        raise TierLimit(
            f"The file has {size_text(wanted.size)}; "
            f"your tier allows attachments of {size_text(limits.attachment_bytes)}.",
            limit=limits.attachment_bytes,
            used=wanted.size,
        )
    needed = len(part_sizes(wanted.size))
    if len(wanted.part_md5s) != needed:
        error = FieldError("part_md5s", f"must have {needed} entries for a file of this size")
        raise PartsInvalid("Large files go in parts, and need the MD5 of each.", errors=[error])


@dataclass(frozen=True, slots=True)
class UploadPlanner:
    """Signs the addresses of one attachment. Takes a millisecond each: run it in a thread."""

    store: ObjectStore
    now: datetime

    def plan(self, attachment_id: str, wanted: AttachmentCreate, upload_id: str | None) -> FileUploadPlan:
        """Give the plan; with `upload_id` in parts."""
        key, ends = object_key(attachment_id), self.now + timedelta(seconds=UPLOAD_SECONDS)
        if upload_id is not None:
            return FileUploadPlan(ends, parts=list(self._parts(key, upload_id, wanted)))
        put = self.store.presign_put(key, wanted.size, wanted.sha256, OCTETS)
        return FileUploadPlan(ends, put=ObjectUpload(put.url, wanted.size, put.headers))

    def _parts(self, key: str, upload_id: str, wanted: AttachmentCreate) -> Iterator[ObjectUpload]:
        sized = zip(part_sizes(wanted.size), wanted.part_md5s, strict=True)
        for number, (size, md5) in enumerate(sized, 1):
            put = self.store.presign_part(key, upload_id, number, size, md5)
            yield ObjectUpload(put.url, size, put.headers)
