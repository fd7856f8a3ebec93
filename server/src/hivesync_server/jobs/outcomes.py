"""How a job ends: by the Worker's callback, by a refusal, or by a deadline; each once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hivesync_contract.errors import ErrorCode
from hivesync_contract.jobs import Callback, JobStatus
from hivesync_contract.previews import PreviewError

from hivesync_server.jobs.queue import JobQueue
from hivesync_server.jobs.repository import JobRepository
from hivesync_server.jobs.tables import JobRow
from hivesync_server.previews.builds import PreviewBuilds

ATTEMPTS_MAX = 2
_OPEN_STATES = frozenset({"queued", "sent"})


@dataclass(frozen=True, slots=True)
class JobOutcomes:
    """Ends jobs, within one transaction."""

    jobs: JobRepository
    queue: JobQueue
    builds: PreviewBuilds
    now: datetime

    async def apply(self, job: JobRow, callback: Callback) -> bool:
        """Apply a callback; an answer to an older attempt, or after the end, changes nothing."""
        if job.state not in _OPEN_STATES or callback.attempt != job.attempt:
            return False
        succeeded = callback.status is JobStatus.SUCCESS
        await self._end(job, "succeeded" if succeeded else "failed")
        job.logs_key = callback.logs_key
        await self.builds.finish(job.preview_id, job.version, callback)
        return True

    async def fail(self, job: JobRow, code: ErrorCode, message: str) -> None:
        """End a job for a reason of our own."""
        if job.state not in _OPEN_STATES:
            return
        await self._end(job, "failed")
        await self.builds.fail(job.preview_id, job.version, PreviewError(code, message))

    async def retry_or_fail(self, job: JobRow) -> None:
        """Send an unanswered job once more, or give up."""
        if job.attempt >= ATTEMPTS_MAX:
            message = (
                "The build service did not finish in time, twice. Try again; a smaller preview may help."
            )
            await self.fail(job, ErrorCode.WORKER_TIMEOUT, message)
            return
        job.attempt += 1
        job.state, job.deadline_at = "queued", None
        await self.queue.add_delivery(job)

    async def _end(self, job: JobRow, state: str) -> None:
        job.state, job.finished_at, job.deadline_at = state, self.now, None
        await self.jobs.drop_deliveries(job.id)
