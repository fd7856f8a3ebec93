"""The pages that list everybody's things."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query
from hivesync_contract.admin import (
    AdminJob,
    AdminMail,
    AdminMailState,
    AdminProject,
    AdminQuestion,
    AdminUser,
    AuditEntry,
)
from starlette.responses import RedirectResponse, Response

from hivesync_server.admin.endpoints import export_file
from hivesync_server.admin.exports import ExportFormat, ExportOf
from hivesync_server.admin.retries import job_log, retry_job
from hivesync_server.audit.service import AuditAction
from hivesync_server.http.fields import GivenId, ResourceId
from hivesync_server.http.pagination import PageQuery
from hivesync_server.web.admin.desk import AdminRoute, PageDeskDep
from hivesync_server.web.admin.listing import Cell, duration, filters_of, moment, table_of, work, yes
from hivesync_server.web.visits import FromOwnPage

router = APIRouter(prefix="/admin", include_in_schema=False, route_class=AdminRoute)

Word = Annotated[str, Query(max_length=64)]
Password = Annotated[str, Form(max_length=1024)]
Search = Annotated[str, Query(max_length=320)]
_STATES = ("queued", "sent", "succeeded", "failed", "cancelled")
_ANSWERED = {"answered": True, "unanswered": False}
_TONES = {"failed": "bad", "succeeded": "good", "sent": "good", "cancelled": "faint"}


@router.get("/users")
async def users(desk: PageDeskDep, page: PageQuery, q: Search = "") -> Response:
    """List accounts, and search them."""
    listed = await desk.desk.lists.users(page, q)
    columns = ("Username", "Email", "Tier", "Confirmed", "Admin", "Disabled", "Since")
    table = table_of("Users", "/admin/users", columns, listed, _user, {"q": q}, search=q, export="users")
    return desk.show("list.html", "users", table=table)


@router.get("/projects")
async def projects(desk: PageDeskDep, page: PageQuery) -> Response:
    """List projects."""
    columns = ("Name", "Owner", "Members", "Tasks", "Since")
    listed = await desk.desk.lists.projects(page)
    table = table_of("Projects", "/admin/projects", columns, listed, _project, export="projects")
    return desk.show("list.html", "projects", table=table)


@router.get("/jobs")
async def jobs(desk: PageDeskDep, page: PageQuery, state: Word = "") -> Response:
    """List jobs."""
    columns = ("Job", "Kind", "Tier", "State", "Attempt", "User", "Reason", "Took", "Accepted", "Log", "")
    listed = await desk.desk.lists.jobs(page, state or None)
    choices = filters_of("/admin/jobs", "state", _STATES, state)
    table = table_of(
        "Jobs", "/admin/jobs", columns, listed, _job, {"state": state}, filters=choices, export="jobs"
    )
    return desk.show("list.html", "jobs", table=table)


@router.post("/jobs/{job_id}/retry", dependencies=[FromOwnPage])
async def retry(job_id: ResourceId, desk: PageDeskDep, password: Password = "") -> Response:
    """Do a failed job again."""
    await desk.confirm(password)
    await retry_job(desk.desk, job_id)
    return RedirectResponse("/admin/jobs", 303)


@router.get("/jobs/{job_id}/log")
async def log(job_id: ResourceId, desk: PageDeskDep) -> Response:
    """Lead to the Worker's log of a job, as a file."""
    return RedirectResponse((await job_log(desk.desk, job_id)).url, 303)


@router.get("/mails")
async def mails(desk: PageDeskDep, page: PageQuery, state: AdminMailState | None = None) -> Response:
    """List mails, without what is in them."""
    columns = ("Subject", "To", "Kind", "State", "Tries", "Problem", "Written", "Sent", "")
    chosen = state.value if state else ""
    listed = await desk.desk.lists.mails(page, chosen or None)
    choices = filters_of("/admin/mails", "state", [each.value for each in AdminMailState], chosen)
    table = table_of(
        "Mails", "/admin/mails", columns, listed, _mail, {"state": chosen}, filters=choices, export="mails"
    )
    return desk.show("list.html", "mails", table=table)


@router.post("/mails/{mail_id}/requeue", dependencies=[FromOwnPage])
async def requeue_mail(mail_id: ResourceId, desk: PageDeskDep, password: Password = "") -> Response:
    """Send a mail that failed again."""
    await desk.confirm(password)
    await desk.desk.acts.requeue_mail(mail_id)
    return RedirectResponse("/admin/mails", 303)


@router.get("/questions")
async def questions(desk: PageDeskDep, page: PageQuery, answered: Word = "") -> Response:
    """List what the FAQ was asked."""
    columns = ("Question", "Answer", "Confidence", "Helped", "Passed on", "Asked")
    listed = await desk.desk.lists.questions(page, _ANSWERED.get(answered))
    choices = filters_of("/admin/questions", "answered", _ANSWERED, answered)
    query = {"answered": answered}
    table = table_of(
        "Questions to the FAQ",
        "/admin/questions",
        columns,
        listed,
        _question,
        query,
        filters=choices,
        export="questions",
    )
    return desk.show("list.html", "questions", table=table)


@router.get("/audit")
async def audit(
    desk: PageDeskDep, page: PageQuery, action: Word = "", actor_id: GivenId | None = None
) -> Response:
    """List the audit log."""
    columns = ("Time", "Who", "Did", "To", "From", "Details")
    listed = await desk.desk.lists.audit(page, action or None, actor_id)
    choices = filters_of("/admin/audit", "action", [each.value for each in AuditAction], action)
    query = {"action": action} | ({"actor_id": actor_id} if actor_id else {})
    table = table_of(
        "Audit log", "/admin/audit", columns, listed, _entry, query, filters=choices, export="audit"
    )
    return desk.show("list.html", "audit", table=table)


@router.get("/exports/{what}")
async def exports(
    what: ExportOf, desk: PageDeskDep, form: Annotated[ExportFormat, Query(alias="format")] = ExportFormat.CSV
) -> Response:
    """Give a list as a file."""
    return await export_file(desk.desk, what, form)


def _user(user: AdminUser) -> list[Cell]:
    return [
        Cell(user.username, f"/admin/users/{user.id}"),
        Cell(user.email),
        Cell(user.tier.value),
        yes(user.email_verified),
        yes(user.is_admin, tone="good"),
        yes(user.disabled, tone="bad"),
        moment(user.created_at),
    ]


def _project(project: AdminProject) -> list[Cell]:
    counts = Cell(str(project.members)), Cell(str(project.tasks))
    return [Cell(project.name), Cell(project.owner), *counts, moment(project.created_at)]


def _job(job: AdminJob) -> list[Cell]:
    took = (job.finished_at - job.created_at).total_seconds() if job.finished_at else None
    return [
        Cell(job.id[-12:], tone="faint"),
        Cell(work(job.kind)),
        Cell(job.tier.value),
        Cell(job.state, tone=_TONES.get(job.state, "")),
        Cell(str(job.attempt)),
        Cell(job.user),
        Cell(job.error_code or ""),
        Cell(duration(took)),
        moment(job.created_at),
        Cell("Log", f"/admin/jobs/{job.id}/log") if job.has_log else Cell(""),
        Cell("Try again", act=f"/admin/jobs/{job.id}/retry") if job.state == "failed" else Cell(""),
    ]


def _mail(mail: AdminMail) -> list[Cell]:
    failed = mail.state is AdminMailState.FAILED
    return [
        Cell(mail.subject),
        Cell(mail.recipient),
        Cell(mail.kind, tone="faint"),
        Cell(mail.state.value, tone=_TONES.get(mail.state.value, "")),
        Cell(str(mail.tries)),
        Cell(mail.problem or ""),
        moment(mail.created_at),
        moment(mail.sent_at),
        Cell("Send again", act=f"/admin/mails/{mail.id}/requeue") if failed else Cell(""),
    ]


def _question(question: AdminQuestion) -> list[Cell]:
    rated = Cell("–", tone="faint") if question.helpful is None else yes(question.helpful, tone="good")
    return [
        Cell(question.question),
        Cell(question.entry_id) if question.entry_id else Cell("none", tone="bad"),
        Cell(f"{question.confidence:.0%}", tone="faint"),
        rated,
        yes(question.escalated_at is not None),
        moment(question.created_at),
    ]


def _whom(entry: AuditEntry) -> Cell:
    """Give an account by its name; of anything else the details tell what it is called."""
    if entry.subject:
        return Cell(entry.subject, f"/admin/users/{entry.subject_id}")
    return Cell(entry.subject_id or "", tone="faint")


def _entry(entry: AuditEntry) -> list[Cell]:
    who = entry.actor or entry.actor_id or "the server"
    details = ", ".join(f"{name}: {value}" for name, value in entry.data.items())
    return [
        moment(entry.created_at),
        Cell(who, f"/admin/audit?actor_id={entry.actor_id}" if entry.actor_id else ""),
        Cell(entry.action),
        _whom(entry),
        Cell(entry.address, tone="faint"),
        Cell(details),
    ]
