"""Refusals that end by themselves: their answer says after how many seconds to ask again."""

from __future__ import annotations

from hivesync_contract.errors import HiveSyncError


class RetryLater(HiveSyncError):
    """Base of errors whose answer carries `Retry-After`."""

    retryable = True

    def __init__(self, detail: str, seconds: int) -> None:
        super().__init__(detail)
        self.headers = {"Retry-After": str(seconds)}
