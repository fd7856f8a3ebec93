"""The refusal of what a tier does not allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hivesync_contract.errors import ErrorCode, HiveSyncError, Problem


class TierLimit(HiveSyncError):
    """More than the user's tier allows; another tier allows more.

    `reset_at` is when there is room again; a limit on size never has room by itself.
    """

    code = ErrorCode.TIER_LIMIT

    def __init__(self, detail: str, *, limit: int, used: int, reset_at: datetime | None = None) -> None:
        super().__init__(detail)
        self.limit = limit
        self.used = used
        self.reset_at = reset_at

    def problem(self, request_id: str = "") -> Problem:
        """Add the figures."""
        reset = self.reset_at.strftime("%Y-%m-%dT%H:%M:%SZ") if self.reset_at else None
        return replace(super().problem(request_id), limit=self.limit, used=self.used, reset_at=reset)
