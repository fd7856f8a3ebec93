"""How much a preview may hold: by tier, and for every tier alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hivesync_contract.errors import ErrorCode, HiveSyncError, Problem
from hivesync_contract.identity import Tier
from hivesync_contract.limits import SOURCE_TEXT_BYTES
from hivesync_contract.previews import FileEntry
from hivesync_contract.sources import is_source_text

_MEGABYTE = 1024 * 1024

UPLOAD_BYTES = {Tier.FREE: 2 * _MEGABYTE, Tier.PRO: 10 * _MEGABYTE, Tier.PREMIUM: 50 * _MEGABYTE}
"""Upload of one preview, by tier."""


class TierLimit(HiveSyncError):
    """More than the user's tier allows; another tier allows more."""

    code = ErrorCode.TIER_LIMIT

    def __init__(self, detail: str, *, limit: int, used: int) -> None:
        super().__init__(detail)
        self.limit = limit
        self.used = used

    def problem(self, request_id: str = "") -> Problem:
        """Add the figures. A limit on size never resets by itself."""
        return replace(super().problem(request_id), limit=self.limit, used=self.used)


class SourceTooLarge(HiveSyncError):
    """More source text than anything could build, whatever the tier."""

    code = ErrorCode.PAYLOAD_TOO_LARGE


def check_sizes(files: Iterable[FileEntry], tier: Tier) -> None:
    """Raise `SourceTooLarge` or `TierLimit`; files of equal content count once, as they are sent once."""
    unique = list({file.sha256: file for file in files}.values())
    text = sum(file.size for file in unique if is_source_text(file.path))
    if text > SOURCE_TEXT_BYTES:
        raise SourceTooLarge(
            f"The source text is {_megabytes(text)} MB; it may be {_megabytes(SOURCE_TEXT_BYTES)} MB. "
            "Leave generated files out by .gitignore, or preview a part."
        )
    total, limit = sum(file.size for file in unique), UPLOAD_BYTES[tier]
    if total > limit:
        raise TierLimit(
            f"The preview holds {_megabytes(total)} MB; the tier {tier.value} allows {_megabytes(limit)} MB.",
            limit=limit,
            used=total,
        )


def _megabytes(size: int) -> str:
    return f"{size / _MEGABYTE:.1f}".removesuffix(".0")
