"""Why a folder or file can't be previewed.

HiveSyncError
  PathInvalid      422 not a path this agent can look at
  PathRefused      403 a path that no preview may read: outside its project, or our own files
  Unsupported      422 a kind of project that can't be shown, and why
  SourceTooLarge   413 more files or text than one preview holds
  SourceChanged    409 files that keep changing while they are sent
"""

from __future__ import annotations

from hivesync_contract.errors import ErrorCode, HiveSyncError


class PathInvalid(HiveSyncError):
    """The path is relative, malformed, missing or not a file or folder."""

    code = ErrorCode.VALIDATION_ERROR


class PathRefused(HiveSyncError):
    """The path is valid and off limits."""

    code = ErrorCode.FORBIDDEN


class Unsupported(HiveSyncError):
    """Nothing here that a phone's browser can show; the message says what it is instead."""

    code = ErrorCode.PREVIEW_UNSUPPORTED


class SourceTooLarge(HiveSyncError):
    """Found before anything is uploaded; the message names what is large."""

    code = ErrorCode.PAYLOAD_TOO_LARGE


class SourceChanged(HiveSyncError):
    """The files were saved again and again while they were being sent."""

    code = ErrorCode.SOURCE_CHANGED
    retryable = True
