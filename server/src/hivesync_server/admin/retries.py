"""Does again for its user what failed: after a fault of ours nobody should have to ask for it."""

from __future__ import annotations

from hivesync_contract.admin import AdminJobLog
from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.identity import Tier
from hivesync_contract.jobs import JobKind
from hivesync_contract.webhooks import DeliveryState

from hivesync_server.admin.services import Desk
from hivesync_server.ai_docs.service import documentation_on
from hivesync_server.audit.service import AuditAction
from hivesync_server.auth.repository import UserRepository
from hivesync_server.jobs.tables import JobRow
from hivesync_server.previews.service import previews_on
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.quotas.dependencies import quotas_on
from hivesync_server.webhooks.repository import DeliveryRepository, WebhookRepository
from hivesync_server.webhooks.service import WebhookIsDisabled
from hivesync_server.webhooks.tables import WebhookDeliveryRow


class JobNotFailed(HiveSyncError):
    """The job is unknown, did not fail, or what it was for is gone."""

    code = ErrorCode.CONFLICT

    def __init__(self) -> None:
        super().__init__("Only a job that failed, and whose project is still there, can be tried again.")


class DeliveryNotFailed(HiveSyncError):
    """The delivery is unknown, arrived, or is still being tried."""

    code = ErrorCode.CONFLICT

    def __init__(self) -> None:
        super().__init__("Only a delivery that failed can be sent again.")


class JobLogUnknown(HiveSyncError):
    """The job is unknown, or its Worker kept no log of it."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no log of this job: it has not ended, or its Worker wrote none.")


async def retry_job(desk: Desk, job_id: str) -> None:
    """Queue a failed job anew, as its user could, or raise `JobNotFailed`.

    The user's limits hold: one who has as many under way as the tier allows must wait for one.
    """
    session = desk.transaction.session
    job = await session.get(JobRow, job_id)
    if job is None or job.state != "failed":
        raise JobNotFailed
    project = await session.get(ProjectRow, job.project_id)
    user = await UserRepository(session).by_id(job.user_id)
    if project is None or user is None:
        raise JobNotFailed
    quotas = quotas_on(desk.resources, desk.transaction, user.id, Tier(user.tier))
    if job.kind == JobKind.PREVIEW_BUILD:
        previews = previews_on(desk.resources, desk.transaction, quotas)
        await previews.sources.hold(project.id, previews.now)
        await previews.retry(project, job.subject_id)
    else:
        documentation = documentation_on(desk.resources, desk.transaction, quotas, project)
        await documentation.retry(job.subject_id)
    desk.acts.audit.note(AuditAction.ADMIN_JOB_RETRIED, desk.admin.user_id, job_id)


async def redeliver(desk: Desk, delivery_id: str) -> None:
    """Send a message to a webhook once more, or raise `DeliveryNotFailed` or `WebhookIsDisabled`."""
    session, now = desk.transaction.session, desk.resources.clock()
    known = await session.get(WebhookDeliveryRow, delivery_id)
    webhook = await WebhookRepository(session).locked(known.webhook_id) if known else None
    # Now that nobody else changes it: as it is, not as it was before we waited.
    row = await session.get(WebhookDeliveryRow, delivery_id, populate_existing=True)
    if webhook is None or row is None or row.state != DeliveryState.FAILED:
        raise DeliveryNotFailed
    if webhook.disabled_reason is not None:
        raise WebhookIsDisabled
    await DeliveryRepository(session).again(row, now)
    desk.transaction.after_commit(desk.resources.webhook_ready.set)
    desk.acts.audit.note(AuditAction.ADMIN_WEBHOOK_RETRIED, desk.admin.user_id, delivery_id)


async def job_log(desk: Desk, job_id: str) -> AdminJobLog:
    """Give where the Worker's log of a job is, or raise `JobLogUnknown`; that is noted in the audit log."""
    job = await desk.transaction.session.get(JobRow, job_id)
    if job is None or job.logs_key is None:
        raise JobLogUnknown
    await desk.note_look(AuditAction.ADMIN_JOB_LOG_SEEN, job_id)
    store = desk.resources.objects.logs
    return AdminJobLog(store.presign_get(job.logs_key, f"job-{job_id}.json", "application/json"))
