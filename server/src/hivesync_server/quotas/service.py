"""Counts and takes quotas in the transaction of what they are for, one request of a user at a time.

A use counts from its beginning, whatever becomes of it and even if it is deleted: the work was done. Only a
failure that is ours gives it back. Further versions of a preview, retries and answers that were there already
count nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hivesync_contract.identity import Tier
from hivesync_contract.jobs import JobKind

from hivesync_server.jobs.repository import JobRepository
from hivesync_server.quotas.repository import QuotaRepository
from hivesync_server.quotas.tables import QuotaUseRow
from hivesync_server.tiers.errors import TierLimit
from hivesync_server.tiers.limits import TierLimits

LONGEST = timedelta(days=1)
"""The longest time that any quota looks back."""

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


class QuotaKind(StrEnum):
    PREVIEW = "preview"
    AI_DOCS = "ai_docs"


@dataclass(frozen=True, slots=True)
class Quotas:
    """Quotas of the user who asks."""

    repository: QuotaRepository
    jobs: JobRepository
    user_id: str
    tier: Tier
    limits: TierLimits
    now: datetime

    async def take_preview(self, preview_id: str) -> None:
        """Count one more preview, or raise `TierLimit`."""
        await self.repository.hold(self.user_id)
        await self._check(QuotaKind.PREVIEW, "preview", "an hour", _HOUR, self.limits.previews_per_hour)
        await self._check(QuotaKind.PREVIEW, "preview", "a day", LONGEST, self.limits.previews_per_day)
        await self._take(QuotaKind.PREVIEW, preview_id)

    async def check_build(self, preview_id: str) -> None:
        """Raise `TierLimit` if builds of too many other previews are under way."""
        await self.repository.hold(self.user_id)
        running = await self.jobs.count_open(self.user_id, JobKind.PREVIEW_BUILD, besides=preview_id)
        self._check_parallel(running, self.limits.concurrent_builds, "preview build")

    async def take_ai_docs(self, ai_docs_id: str) -> None:
        """Count one more request for documentation, or raise `TierLimit`. The user is held already."""
        await self.check_ai_docs(ai_docs_id)
        await self._check(QuotaKind.AI_DOCS, "AI request", "a minute", _MINUTE, self.limits.ai_per_minute)
        await self._take(QuotaKind.AI_DOCS, ai_docs_id)

    async def check_ai_docs(self, ai_docs_id: str) -> None:
        """Raise `TierLimit` if too many other requests are under way."""
        running = await self.jobs.count_open(self.user_id, JobKind.AI_DOCS, besides=ai_docs_id)
        self._check_parallel(running, self.limits.ai_parallel, "AI request")

    async def _check(
        self, kind: QuotaKind, what: str, period: str, lasts: timedelta, limit: int | None
    ) -> None:
        if limit is None:
            return
        used = await self.repository.latest(self.user_id, kind.value, self.now - lasts, limit)
        if len(used) >= limit:
            reset_at = used[-1] + lasts if used else None
            # Requests at once are counted one after another, so what they used may be later than this one.
            wait = min(reset_at - self.now, lasts) if reset_at else None
            raise self._refusal(limit, len(used), what, period, reset_at, wait)

    def _check_parallel(self, running: int, limit: int, what: str) -> None:
        if running >= limit:
            raise self._refusal(limit, running, what, "at once")

    def _refusal(
        self,
        limit: int,
        used: int,
        what: str,
        period: str,
        reset_at: datetime | None = None,
        wait: timedelta | None = None,
    ) -> TierLimit:
        until = f"try again in {_wait_text(wait)}" if wait else "wait until one has ended"
        allowed = f"{limit} {what}{'' if limit == 1 else 's'} {period}"
        detail = f"The tier {self.tier.value} allows {allowed}; {until}, or change the tier."
        return TierLimit(detail, limit=limit, used=used, reset_at=reset_at)

    async def _take(self, kind: QuotaKind, subject_id: str) -> None:
        await self.repository.add(
            QuotaUseRow(subject_id=subject_id, user_id=self.user_id, kind=kind.value, used_at=self.now)
        )


def _wait_text(wait: timedelta) -> str:
    """Give "50 seconds", "12 minutes" or "17 hours": rounded up, and free of time zones."""
    seconds = max(1, math.ceil(wait.total_seconds()))
    size, unit = (1, "second") if seconds <= 90 else (60, "minute") if seconds <= 90 * 60 else (3600, "hour")
    count = math.ceil(seconds / size)
    return f"{count} {unit}{'' if count == 1 else 's'}"
