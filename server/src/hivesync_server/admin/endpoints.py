"""Routes of admins. Every one asks whether the caller is one; what changes something asks for the password.

They take no `Idempotency-Key`: doing any of them twice is doing it once, and the hash of a body with a
password in it is nothing to keep for 30 days.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from hivesync_contract.admin import (
    AdminDone,
    AdminJob,
    AdminJobLog,
    AdminMail,
    AdminMailState,
    AdminOverview,
    AdminPipeline,
    AdminProject,
    AdminQuestion,
    AdminQueue,
    AdminUser,
    AdminUserDetails,
    AuditEntry,
)
from hivesync_contract.pages import Page
from starlette.responses import Response

from hivesync_server.admin.access import ConfirmationDep
from hivesync_server.admin.acts import Change
from hivesync_server.admin.exports import ExportFormat, ExportOf, export
from hivesync_server.admin.maintenance import Chore, do
from hivesync_server.admin.retries import job_log, retry_job
from hivesync_server.admin.schemas import AdminActBody, AdminUserBody
from hivesync_server.admin.services import Desk, DeskDep
from hivesync_server.admin.shapes import user_shape
from hivesync_server.audit.service import AuditAction
from hivesync_server.http.fields import GivenId, ResourceId
from hivesync_server.http.pagination import PageQuery
from hivesync_server.http.route import ApiRoute

router = APIRouter(prefix="/admin", tags=["admin"], route_class=ApiRoute)

Hours = Annotated[int, Query(ge=1, le=24 * 31)]
Word = Annotated[str, Query(max_length=64)]


@router.get("/overview")
async def overview(desk: DeskDep) -> AdminOverview:
    """Give all that fits on one page."""
    return await desk.figures.overview()


@router.get("/pipelines")
async def pipelines(desk: DeskDep, hours: Hours = 24) -> list[AdminPipeline]:
    """Give how each kind of job has fared."""
    return await desk.figures.pipelines(hours)


@router.get("/queues")
async def queues(desk: DeskDep) -> list[AdminQueue]:
    """Give what waits for a Worker, by tier."""
    return await desk.figures.queues()


@router.get("/users")
async def users(
    desk: DeskDep, page: PageQuery, q: Annotated[str, Query(max_length=320)] = ""
) -> Page[AdminUser]:
    """List accounts, newest first; `q` chooses those whose address or name contains it."""
    return await desk.lists.users(page, q)


@router.get("/users/{user_id}")
async def user(user_id: ResourceId, desk: DeskDep) -> AdminUserDetails:
    """Look at one account; that is noted in the audit log."""
    details = await desk.acts.details(user_id)
    await desk.note_look(AuditAction.ADMIN_USER_SEEN, user_id)
    return details


@router.patch("/users/{user_id}")
async def change_user(
    user_id: ResourceId, body: AdminUserBody, desk: DeskDep, confirmation: ConfirmationDep
) -> AdminUser:
    """Change an account's tier, disable or enable it, or confirm its address."""
    await confirmation.check(body.password)
    change = Change(body.tier, body.disabled, body.email_verified)
    return user_shape(await desk.acts.change(user_id, change))


@router.post("/users/{user_id}/revoke-sessions", status_code=204)
async def revoke_sessions(
    user_id: ResourceId, body: AdminActBody, desk: DeskDep, confirmation: ConfirmationDep
) -> None:
    """Sign a user out everywhere."""
    await confirmation.check(body.password)
    await desk.acts.revoke_sessions(user_id)


@router.get("/projects")
async def projects(desk: DeskDep, page: PageQuery) -> Page[AdminProject]:
    """List projects, newest first."""
    return await desk.lists.projects(page)


@router.get("/jobs")
async def jobs(desk: DeskDep, page: PageQuery, state: Word | None = None) -> Page[AdminJob]:
    """List jobs, newest first."""
    return await desk.lists.jobs(page, state)


@router.post("/jobs/{job_id}/retry", status_code=204)
async def retry(job_id: ResourceId, body: AdminActBody, desk: DeskDep, confirmation: ConfirmationDep) -> None:
    """Do a failed job again: build its preview, or write its documentation."""
    await confirmation.check(body.password)
    await retry_job(desk, job_id)


@router.get("/jobs/{job_id}/log")
async def log(job_id: ResourceId, desk: DeskDep) -> AdminJobLog:
    """Give where the Worker's log of a job can be downloaded; that is noted in the audit log."""
    return await job_log(desk, job_id)


@router.get("/mails")
async def mails(desk: DeskDep, page: PageQuery, state: AdminMailState | None = None) -> Page[AdminMail]:
    """List mails, newest first, without what is in them."""
    return await desk.lists.mails(page, state.value if state else None)


@router.post("/mails/{mail_id}/requeue", status_code=204)
async def requeue_mail(
    mail_id: ResourceId, body: AdminActBody, desk: DeskDep, confirmation: ConfirmationDep
) -> None:
    """Send a mail that failed again."""
    await confirmation.check(body.password)
    await desk.acts.requeue_mail(mail_id)


@router.get("/audit")
async def audit(
    desk: DeskDep, page: PageQuery, action: Word | None = None, actor_id: GivenId | None = None
) -> Page[AuditEntry]:
    """List the audit log, newest first."""
    return await desk.lists.audit(page, action, actor_id)


@router.get("/questions")
async def questions(desk: DeskDep, page: PageQuery, answered: bool | None = None) -> Page[AdminQuestion]:
    """List what the FAQ was asked, newest first: what it had an answer to, what not, or both."""
    return await desk.lists.questions(page, answered)


@router.get("/exports/{what}", response_class=Response)
async def exports(
    what: ExportOf, desk: DeskDep, form: Annotated[ExportFormat, Query(alias="format")] = ExportFormat.CSV
) -> Response:
    """Give a list as a file, at most its newest 10,000 rows; that is noted in the audit log."""
    return await export_file(desk, what, form)


@router.post("/maintenance/{chore}")
async def maintain(
    chore: Chore, body: AdminActBody, desk: DeskDep, confirmation: ConfirmationDep
) -> AdminDone:
    """Do a chore now that else waits for its time or for somebody to ask."""
    await confirmation.check(body.password)
    return AdminDone(await do(desk, chore))


async def export_file(desk: Desk, what: ExportOf, form: ExportFormat) -> Response:
    """Give a list as a file to be saved."""
    text = await export(desk.lists, what, form)
    await desk.note_look(AuditAction.ADMIN_EXPORTED, what=what.value, format=form.value)
    media_type = "text/csv; charset=utf-8" if form is ExportFormat.CSV else "application/json"
    headers = {
        "Content-Disposition": f'attachment; filename="hivesync-{what}.{form}"',
        "Cache-Control": "no-store",
    }
    return Response(text, media_type=media_type, headers=headers)
