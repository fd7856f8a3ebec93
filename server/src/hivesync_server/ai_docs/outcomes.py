"""What the outcome of an `ai.docs` job does to its request. The job's own state is not decided here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hivesync_contract.ai_docs import AiDocsError, AiDocsEvent, AiDocsState
from hivesync_contract.errors import ErrorCode
from hivesync_contract.events import EventType
from hivesync_contract.jobs import (
    AiDocsCallback,
    AiDocsWork,
    CallbackError,
    JobStatus,
    ai_docs_request_key,
    ai_docs_result_key,
)
from hivesync_contract.notifications import NotificationType, SubjectKind
from hivesync_contract.webhooks import AiDocsOutcome, WebhookData, WebhookEventType

from hivesync_server.adapters.objects import Bucket
from hivesync_server.ai_docs.repository import AiDocsRepository
from hivesync_server.ai_docs.shapes import ERROR, RESULT, ai_docs_shape
from hivesync_server.ai_docs.tables import AiDocsRow
from hivesync_server.jobs.kinds import AnyCallback, Parcel
from hivesync_server.jobs.tables import JobRow
from hivesync_server.notifications.notifier import News, Notifier
from hivesync_server.owned_objects.repository import OwnedObjects
from hivesync_server.quotas.repository import QuotaRepository
from hivesync_server.webhooks.queue import WebhookQueue

_TOLD_AS = {
    AiDocsState.READY: WebhookEventType.AI_DOCS_READY,
    AiDocsState.FAILED: WebhookEventType.AI_DOCS_FAILED,
}
_UNEXPLAINED = CallbackError(ErrorCode.AI_JOB_FAILED, "The documentation failed without saying why.")


@dataclass(frozen=True, slots=True)
class AiDocsOutcomes:
    """Outcomes, within the transaction that also ends the job."""

    repository: AiDocsRepository
    uses: QuotaRepository
    objects: OwnedObjects
    notifier: Notifier
    hooks: WebhookQueue
    now: datetime

    async def parcel(self, job: JobRow) -> Parcel | None:
        """Give the request, or None if it was taken back."""
        row = await self.repository.locked(job.subject_id)
        if row is None or row.request is None:
            return None
        key = ai_docs_request_key(row.project_id, row.id)
        work = AiDocsWork(row.id, row.project_id, key, ai_docs_result_key(job.id))
        return Parcel(key, row.request, ai_docs=work)

    def owns(self, job: JobRow, key: str) -> bool:
        """Tell whether it is the job's result."""
        return key == ai_docs_result_key(job.id)

    async def started(self, job: JobRow) -> None:
        """Show that it is being worked on."""
        row = await self._open(job)
        if row is not None and row.state == AiDocsState.QUEUED:
            row.state, row.error = AiDocsState.RUNNING.value, None
            await self._announce(row)

    async def finish(self, job: JobRow, callback: AnyCallback) -> None:
        """Keep the result, or why there is none."""
        row = await self._open(job)
        if row is None:
            return
        failed = callback.status is not JobStatus.SUCCESS
        if failed or not isinstance(callback, AiDocsCallback) or callback.result is None:
            error = callback.error or _UNEXPLAINED
            await self._fail(row, AiDocsError(error.code, error.message))
            return
        row.state, row.error, row.finished_at = AiDocsState.READY.value, None, self.now
        row.result = RESULT.dump_json(callback.result).decode()
        # A better model may be back for the next request.
        row.reusable = not callback.result.fallback
        row.request = None
        key = ai_docs_request_key(row.project_id, row.id)
        await self.objects.let_go(Bucket.PREVIEWS, key, row.id, self.now)
        await self._announce(row)
        news = News(
            NotificationType.AI_DOCS_READY,
            f"The documentation of {row.path} is ready",
            SubjectKind.AI_DOCS,
            row.id,
            row.project_id,
        )
        await self.notifier.tell([row.user_id], news)

    async def fail(self, job: JobRow, code: ErrorCode, message: str) -> None:
        """End a request that will never be answered."""
        row = await self._open(job)
        if row is not None:
            await self._fail(row, AiDocsError(code, message))

    async def note_delay(self, job: JobRow) -> None:
        """Say, once, that the request waits; it stays queued."""
        row = await self._open(job)
        if row is None or row.error is not None:
            return
        notice = AiDocsError(
            ErrorCode.UPSTREAM_UNREACHABLE,
            "The Worker can't be reached; the request stays queued and is answered when it is back.",
        )
        row.error = ERROR.dump_json(notice).decode()
        await self._announce(row)

    async def _open(self, job: JobRow) -> AiDocsRow | None:
        return await self.repository.locked(job.subject_id)

    async def _fail(self, row: AiDocsRow, error: AiDocsError) -> None:
        row.state, row.finished_at = AiDocsState.FAILED.value, self.now
        row.error = ERROR.dump_json(error).decode()
        # No failure of documentation is the fault of who asked, so none counts.
        await self.uses.give_back(row.id)
        await self._announce(row)

    async def _announce(self, row: AiDocsRow) -> None:
        await self.notifier.events.publish(
            row.user_id, EventType.AI_DOCS_STATE, AiDocsEvent(ai_docs_shape(row))
        )
        told_as = _TOLD_AS.get(AiDocsState(row.state))
        if told_as is not None:
            outcome = AiDocsOutcome(row.id, row.user_id, row.path)
            self.hooks.tell(told_as, row.project_id, WebhookData(row.project_id, ai_docs=outcome))
