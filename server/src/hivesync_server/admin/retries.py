"""Builds a failed preview again for its user: after a fault of ours nobody should have to ask for it."""

from __future__ import annotations

from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.identity import Tier
from hivesync_contract.jobs import JobKind

from hivesync_server.admin.services import Desk
from hivesync_server.audit.service import AuditAction
from hivesync_server.auth.repository import UserRepository
from hivesync_server.events.publisher import EventPublisher
from hivesync_server.jobs.queue import JobQueue
from hivesync_server.jobs.repository import JobRepository
from hivesync_server.jobs.tables import JobRow
from hivesync_server.owned_objects.repository import OwnedObjects
from hivesync_server.previews.repository import PreviewRepository
from hivesync_server.previews.service import Previews
from hivesync_server.projects.sources import SourceRepository
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.quotas.repository import QuotaRepository
from hivesync_server.quotas.service import Quotas


class JobNotFailed(HiveSyncError):
    """The job is unknown or of another kind, did not fail, or what it was for is gone."""

    code = ErrorCode.CONFLICT

    def __init__(self) -> None:
        super().__init__("Only the build of a preview that failed and is still there can be tried again.")


async def retry_job(desk: Desk, job_id: str) -> None:
    """Queue the build of a failed job's preview anew, as its user could, or raise `JobNotFailed`.

    The user's limits hold: one who has as many builds under way as the tier allows must wait for one.
    """
    session = desk.transaction.session
    job = await session.get(JobRow, job_id)
    if job is None or job.kind != JobKind.PREVIEW_BUILD or job.state != "failed":
        raise JobNotFailed
    project = await session.get(ProjectRow, job.project_id)
    user = await UserRepository(session).by_id(job.user_id)
    if project is None or user is None:
        raise JobNotFailed
    await SourceRepository(session).hold(project.id)
    await _previews(desk, job.user_id, Tier(user.tier)).retry(project, job.subject_id)
    desk.acts.audit.note(AuditAction.ADMIN_JOB_RETRIED, desk.admin.user_id, job_id)


def _previews(desk: Desk, user_id: str, tier: Tier) -> Previews:
    resources, transaction = desk.resources, desk.transaction
    session, now = transaction.session, resources.clock()
    return Previews(
        repository=PreviewRepository(session),
        sources=SourceRepository(session),
        queue=JobQueue(transaction, resources.job_ready, now),
        quotas=Quotas(
            QuotaRepository(session),
            JobRepository(session),
            user_id,
            tier,
            resources.settings.tiers[tier],
            now,
        ),
        events=EventPublisher(transaction, resources.hub, now),
        objects=resources.objects.previews,
        owned=OwnedObjects(session),
        now=now,
    )
