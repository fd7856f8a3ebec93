"""What a user can do with AI documentation of one project, within one transaction."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from hivesync_contract.ai_docs import AiDocsContext, AiDocsCreate, AiDocsEvent, AiDocsState
from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.events import EventType
from hivesync_contract.identity import Tier
from hivesync_contract.jobs import AiDocsRequest, JobKind, ai_docs_request_key, ai_docs_result_key
from hivesync_contract.limits import AI_DOCS_FILE_BYTES, AI_DOCS_VERSION

from hivesync_server.adapters.db import Transaction
from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.objects import Bucket
from hivesync_server.ai_docs.repository import AiDocsRepository
from hivesync_server.ai_docs.shapes import REQUEST, RESULT, ai_docs_shape
from hivesync_server.ai_docs.tables import AiDocsRow
from hivesync_server.events.publisher import EventPublisher
from hivesync_server.jobs.queue import JobQueue, Work
from hivesync_server.owned_objects.repository import OwnedObjects
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.quotas.service import Quotas
from hivesync_server.resources import Resources
from hivesync_server.tiers.errors import TierLimit
from hivesync_server.tiers.sizes import size_text


class AiDocsUnknown(HiveSyncError):
    """The project has no such request."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such request for AI documentation.")


class AiDocsNotFailed(HiveSyncError):
    """Only what has failed can be tried again."""

    code = ErrorCode.CONFLICT

    def __init__(self) -> None:
        super().__init__("Only a request that failed can be retried; this one has not failed.")


class NotYours(HiveSyncError):
    """Another member's request: to be seen, not to be changed."""

    code = ErrorCode.FORBIDDEN

    def __init__(self) -> None:
        super().__init__("Only the member who asked for this documentation may do that.")


class FileTooLarge(HiveSyncError):
    """Larger than any tier has documented."""

    code = ErrorCode.PAYLOAD_TOO_LARGE


@dataclass(frozen=True, slots=True)
class AiDocumentation:
    """Requests of one project, for one user."""

    repository: AiDocsRepository
    objects: OwnedObjects
    queue: JobQueue
    quotas: Quotas
    events: EventPublisher
    project: ProjectRow
    now: datetime

    async def create(self, body: AiDocsCreate) -> AiDocsRow:
        """Ask for documentation. The same file again gives the same request, at no cost and at once."""
        self._check_size(len(body.content.encode()))
        await self.quotas.repository.hold(self.quotas.user_id)
        fingerprint = _fingerprint(body, self.quotas.tier)
        known = await self.repository.same(self.project.id, fingerprint)
        if known is not None and await self._is_current(known):
            return known
        row = self._row(body, fingerprint)
        await self.quotas.take_ai_docs(row.id)
        await self.repository.add(row)
        self.objects.of_ai_docs(row.id, Bucket.PREVIEWS, ai_docs_request_key(row.project_id, row.id))
        return await self._queued(row)

    async def retry(self, ai_docs_id: str) -> AiDocsRow:
        """Try a failed request again, or raise `AiDocsNotFailed`."""
        row = await self.own(ai_docs_id)
        if row.state != AiDocsState.FAILED:
            raise AiDocsNotFailed
        await self.quotas.repository.hold(self.quotas.user_id)
        await self.quotas.take_ai_docs(row.id)
        row.state, row.error, row.finished_at = AiDocsState.QUEUED.value, None, None
        return await self._queued(row)

    async def delete(self, ai_docs_id: str) -> None:
        """Take a request back, or forget its result; work on it comes to nothing."""
        row = await self.get(ai_docs_id, lock=True)
        if self.quotas.user_id not in (row.user_id, self.project.owner_id):
            raise NotYours
        await self.queue.cancel(row.id)
        await self.repository.delete(row)

    async def own(self, ai_docs_id: str) -> AiDocsRow:
        """Give and lock a request of the user's own, or raise `AiDocsUnknown`, or `NotYours`."""
        row = await self.get(ai_docs_id, lock=True)
        if row.user_id != self.quotas.user_id:
            raise NotYours
        return row

    async def get(self, ai_docs_id: str, *, lock: bool = False) -> AiDocsRow:
        """Give a request, or raise `AiDocsUnknown`."""
        row = await self.repository.get(ai_docs_id, self.project.id, lock=lock)
        if row is None:
            raise AiDocsUnknown
        return row

    async def _is_current(self, known: AiDocsRow) -> bool:
        """Tell whether the answer would be of the same engine today, such as before a model was set up."""
        if known.result is None:
            return True
        return RESULT.validate_json(known.result).engine == await self.repository.engine_now()

    def _row(self, body: AiDocsCreate, fingerprint: bytes) -> AiDocsRow:
        context = AiDocsContext(body.context.neighbours, body.context.symbols)
        request = AiDocsRequest(body.path, body.sha256, body.content, body.selection, context)
        return AiDocsRow(
            id=new_id(),
            project_id=self.project.id,
            user_id=self.quotas.user_id,
            path=body.path,
            sha256=body.sha256,
            line_start=body.selection.line_start if body.selection else None,
            line_end=body.selection.line_end if body.selection else None,
            fingerprint=fingerprint,
            state=AiDocsState.QUEUED.value,
            reusable=False,
            request=REQUEST.dump_json(request).decode(),
            result=None,
            error=None,
            created_at=self.now,
            finished_at=None,
        )

    async def _queued(self, row: AiDocsRow) -> AiDocsRow:
        work = Work(JobKind.AI_DOCS, row.project_id, row.user_id, row.id, self.quotas.tier)
        job = await self.queue.add(work)
        self.objects.of_ai_docs(row.id, Bucket.ARTIFACTS, ai_docs_result_key(job.id))
        await self.events.publish(row.user_id, EventType.AI_DOCS_STATE, AiDocsEvent(ai_docs_shape(row)))
        return row

    def _check_size(self, size: int) -> None:
        limit = self.quotas.limits.ai_file_bytes
        if size > AI_DOCS_FILE_BYTES:
            most = f"{size_text(AI_DOCS_FILE_BYTES)}, the most that is explained"
            raise FileTooLarge(f"The file is larger than {most}. Move a part of it to a file of its own.")
        if size > limit:
            tier = self.quotas.tier.value
            detail = f"The file has {size_text(size)}; the tier {tier} allows {size_text(limit)}."
            raise TierLimit(detail, limit=limit, used=size)


def documentation_on(
    resources: Resources, transaction: Transaction, quotas: Quotas, project: ProjectRow
) -> AiDocumentation:
    """Give the service for one transaction and the user whose quotas these are."""
    return AiDocumentation(
        repository=AiDocsRepository(transaction.session),
        objects=OwnedObjects(transaction.session),
        queue=JobQueue(transaction, resources.job_ready, quotas.now),
        quotas=quotas,
        events=EventPublisher(transaction, resources.hub, quotas.now),
        project=project,
        now=quotas.now,
    )


def _fingerprint(body: AiDocsCreate, tier: Tier) -> bytes:
    """Give what is equal for requests that the same answer would do for.

    The surroundings are left out: they help to explain the file, and change with every save of another.
    """
    lines = [body.selection.line_start, body.selection.line_end] if body.selection else None
    named = [AI_DOCS_VERSION, body.path, body.sha256, lines, tier is Tier.PREMIUM]
    return hashlib.sha256(json.dumps(named).encode()).digest()
