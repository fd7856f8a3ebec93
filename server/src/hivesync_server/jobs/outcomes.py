"""How a job ends: by the Worker's callback, by a refusal, or by a deadline; each once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hivesync_contract.errors import ErrorCode
from hivesync_contract.jobs import JobKind, JobStatus

from hivesync_server.jobs.kinds import AnyCallback, Handlers, JobHandler
from hivesync_server.jobs.queue import JobQueue
from hivesync_server.jobs.repository import JobRepository
from hivesync_server.jobs.tables import OPEN_STATES, JobRow

ATTEMPTS_MAX = 2

OUR_FAULTS = frozenset(
    {
        ErrorCode.AI_JOB_FAILED,
        ErrorCode.INTERNAL_ERROR,
        ErrorCode.UPSTREAM_UNREACHABLE,
        ErrorCode.WORKER_TIMEOUT,
    }
)
"""Why jobs fail without any fault of what was sent: for the operator to know, and at no cost to the user."""


@dataclass(frozen=True, slots=True)
class JobOutcomes:
    """Ends jobs, within one transaction."""

    jobs: JobRepository
    queue: JobQueue
    handlers: Handlers
    now: datetime

    def handler_of(self, job: JobRow) -> JobHandler:
        """Give the domain whose job it is."""
        return self.handlers[JobKind(job.kind)]

    async def apply(self, job: JobRow, callback: AnyCallback) -> bool:
        """Apply a callback; an answer to an older attempt, or after the end, changes nothing."""
        if job.state not in OPEN_STATES or callback.attempt != job.attempt:
            return False
        succeeded = callback.status is JobStatus.SUCCESS
        await self.queue.end(job, "succeeded" if succeeded else "failed")
        job.logs_key = callback.logs_key
        await self.handler_of(job).finish(job, callback)
        if not succeeded and callback.error is not None:
            job.error_code = callback.error.code.value
        return True

    async def fail(self, job: JobRow, code: ErrorCode, message: str) -> None:
        """End a job for a reason of our own."""
        if job.state not in OPEN_STATES:
            return
        await self.queue.end(job, "failed")
        job.error_code = code.value
        await self.handler_of(job).fail(job, code, message)

    async def retry_or_fail(self, job: JobRow) -> None:
        """Send an unanswered job once more, or give up."""
        if job.attempt >= ATTEMPTS_MAX:
            message = "The Worker did not finish in time, twice. Try again; something smaller may help."
            await self.fail(job, ErrorCode.WORKER_TIMEOUT, message)
            return
        job.attempt += 1
        job.state, job.deadline_at = "queued", None
        await self.queue.add_delivery(job)
