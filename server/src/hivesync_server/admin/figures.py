"""Figures: how the server, its pipelines and its queues stand."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from hivesync_contract.admin import (
    AdminBucket,
    AdminFaq,
    AdminMails,
    AdminOverview,
    AdminPipeline,
    AdminQueue,
)
from hivesync_contract.identity import Tier
from hivesync_contract.jobs import JobKind

from hivesync_server import __version__
from hivesync_server.admin.repository import AdminRepository
from hivesync_server.jobs.tables import OPEN_STATES
from hivesync_server.support.repository import QuestionRepository

DAY_HOURS = 24
FAQ_DAYS = 30
BOUNDS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Upper bounds of the histogram, in seconds."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Reads only."""

    repository: AdminRepository
    env: str
    now: datetime

    async def overview(self) -> AdminOverview:
        """Give all that fits on one page."""
        counts = await self.repository.counts(self.now, self._since(DAY_HOURS))
        return AdminOverview(
            version=__version__,
            env=self.env,
            **counts,
            pipelines=await self.pipelines(DAY_HOURS),
            queues=await self.queues(),
            mails=await self.mails(),
            faq=await self.faq(),
        )

    async def pipelines(self, hours: int) -> list[AdminPipeline]:
        """Give each kind of job's figures of the last `hours`."""
        return [await self._pipeline(kind.value, hours) for kind in JobKind]

    async def queues(self) -> list[AdminQueue]:
        """Give what waits and what runs, the most urgent tier first."""
        rows = {(row.tier, row.state): row for row in await self.repository.open_jobs()}
        queues = []
        for tier in (Tier.PREMIUM, Tier.PRO, Tier.FREE):
            waiting, running = rows.get((tier.value, "queued")), rows.get((tier.value, "sent"))
            queues.append(
                AdminQueue(
                    tier,
                    waiting.jobs if waiting else 0,
                    running.jobs if running else 0,
                    self._age(waiting.oldest) if waiting else None,
                )
            )
        return queues

    async def mails(self) -> AdminMails:
        """Give how the mails stand."""
        waiting, sent, failed, oldest = await self.repository.mail_counts(self._since(DAY_HOURS))
        return AdminMails(waiting, sent, failed, self._age(oldest) if oldest else None)

    async def faq(self) -> AdminFaq:
        """Give how well the FAQ has answered; a month of it, since few people ask."""
        questions = QuestionRepository(self.repository.session)
        return AdminFaq(FAQ_DAYS, **asdict(await questions.figures(self._since(FAQ_DAYS * 24))))

    async def _pipeline(self, kind: str, hours: int) -> AdminPipeline:
        since = self._since(hours)
        states = await self.repository.jobs_by_state(kind, since)
        seconds = sorted(await self.repository.durations(kind, since))
        return AdminPipeline(
            kind,
            hours,
            succeeded=states.get("succeeded", 0),
            failed=states.get("failed", 0),
            cancelled=states.get("cancelled", 0),
            open=sum(states.get(state, 0) for state in OPEN_STATES),
            p50_seconds=percentile(seconds, 0.5),
            p95_seconds=percentile(seconds, 0.95),
            histogram=histogram(seconds),
            failures=await self.repository.failures(kind, since),
        )

    def _since(self, hours: int) -> datetime:
        return self.now - timedelta(hours=hours)

    def _age(self, moment: datetime) -> float:
        return max(0.0, (self.now - moment).total_seconds())


def percentile(ordered: list[float], share: float) -> float | None:
    """Give the nearest-rank percentile of values in order, or None of nothing."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def histogram(seconds: list[float]) -> list[AdminBucket]:
    """Count values by `BOUNDS`; what is beyond the last has a bucket without bound."""
    edges = (float("-inf"), *BOUNDS, float("inf"))
    return [
        AdminBucket(above if above in BOUNDS else None, sum(below < value <= above for value in seconds))
        for below, above in pairwise(edges)
    ]
