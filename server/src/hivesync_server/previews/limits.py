"""How much a preview may hold: by tier, and for every tier alike."""

from __future__ import annotations

from collections.abc import Iterable

from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.identity import Tier
from hivesync_contract.limits import SOURCE_TEXT_BYTES
from hivesync_contract.previews import FileEntry
from hivesync_contract.sources import is_source_text

from hivesync_server.tiers.errors import TierLimit
from hivesync_server.tiers.sizes import size_text


class SourceTooLarge(HiveSyncError):
    """More source text than anything could build, whatever the tier."""

    code = ErrorCode.PAYLOAD_TOO_LARGE


def check_sizes(files: Iterable[FileEntry], tier: Tier, upload_bytes: int) -> None:
    """Raise `SourceTooLarge` or `TierLimit`; files of equal content count once, as they are sent once."""
    unique = list({file.sha256: file for file in files}.values())
    text = sum(file.size for file in unique if is_source_text(file.path))
    if text > SOURCE_TEXT_BYTES:
        raise SourceTooLarge(
            f"The source text is {size_text(text)}; it may be {size_text(SOURCE_TEXT_BYTES)}. "
            "Leave generated files out by .gitignore, or preview a part."
        )
    total = sum(file.size for file in unique)
    if total > upload_bytes:
        raise TierLimit(
            f"The preview holds {size_text(total)}; the tier {tier.value} allows {size_text(upload_bytes)}.",
            limit=upload_bytes,
            used=total,
        )
