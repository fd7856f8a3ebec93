"""Why a file can't be documented.

HiveSyncError
  NotDocumented   422 binary, or a backend without AI documentation
  FileTooLarge    413 more than any tier takes
"""

from __future__ import annotations

from hivesync_contract.errors import ErrorCode, HiveSyncError


class NotDocumented(HiveSyncError):
    """There is nothing here that AI documentation could explain, or nobody who would."""

    code = ErrorCode.AI_DOCS_UNSUPPORTED


class FileTooLarge(HiveSyncError):
    """The tier's own limit is the backend's; this is the largest that any has."""

    code = ErrorCode.PAYLOAD_TOO_LARGE
