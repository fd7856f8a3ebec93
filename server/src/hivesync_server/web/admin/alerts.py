"""The pages of Workers and of alerts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from hivesync_contract.admin import AdminWorker
from hivesync_contract.alerts import Alert, AlertKind, AlertSettingsPatch
from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.pages import Page
from pydantic import TypeAdapter, ValidationError
from starlette.responses import RedirectResponse, Response

from hivesync_server.alerts.service import alert_shape
from hivesync_server.auth.schemas import Email
from hivesync_server.http.pagination import PageQuery
from hivesync_server.web.admin.desk import AdminRoute, PageDeskDep
from hivesync_server.web.admin.listing import Cell, duration, moment, table_of
from hivesync_server.web.visits import FromOwnPage

router = APIRouter(prefix="/admin", include_in_schema=False, route_class=AdminRoute)

Password = Annotated[str, Form(max_length=1024)]
SILENT_SECONDS = 300.0
_KINDS = [kind for kind in AlertKind if kind is not AlertKind.TEST]
_emails = TypeAdapter(list[Email])


class AddressesWrong(HiveSyncError):
    """One of the addresses is none."""

    code = ErrorCode.VALIDATION_ERROR

    def __init__(self) -> None:
        super().__init__("One of these is no email address; nothing was changed.")


@router.get("/workers")
async def workers(desk: PageDeskDep) -> Response:
    """Show what each Worker said last."""
    columns = ("Worker", "Version", "Heard from", "Running", "Queued", "Done", "Failed", "Errors")
    note = "Done, failed and errors are those of the minute before it was heard from."
    table = table_of("Workers", "/admin/workers", columns, Page(await desk.desk.workers(), None), _worker)
    return desk.show("list.html", "workers", table=table, note=note)


@router.get("/alerts")
async def alerts(desk: PageDeskDep, page: PageQuery) -> Response:
    """List alerts, and show where they go."""
    rows = await desk.desk.alerts.repository.page(page.after, page.limit)
    listed = page.page(rows, lambda row: row.id, alert_shape)
    columns = ("What", "Text", "Times", "Slack", "First", "Last", "Over")
    table = table_of("Alerts", "/admin/alerts", columns, listed, _alert)
    settings = await desk.desk.alerts.settings()
    return desk.show("alerts.html", "alerts", table=table, settings=settings, kinds=_KINDS)


@router.post("/alerts/settings", dependencies=[FromOwnPage])
async def change(
    desk: PageDeskDep,
    password: Password,
    emails: Annotated[str, Form(max_length=4000)] = "",
    slack_url: Annotated[str, Form(max_length=2048)] = "",
    slack_off: Annotated[bool, Form()] = False,
    kinds: Annotated[list[AlertKind] | None, Form()] = None,
) -> Response:
    """Change where alerts go. An empty address at Slack leaves it as it is, since it is never shown."""
    await desk.confirm(password)
    try:
        addresses = _emails.validate_python(emails.split())
    except ValidationError as error:
        raise AddressesWrong from error
    slack = "" if slack_off else slack_url.strip() or None
    await desk.desk.change_alerts(AlertSettingsPatch(slack_url=slack, emails=addresses, kinds=kinds or []))
    return RedirectResponse("/admin/alerts", 303)


@router.post("/alerts/test", dependencies=[FromOwnPage])
async def test(desk: PageDeskDep, password: Password) -> Response:
    """Send a test alert."""
    await desk.confirm(password)
    await desk.desk.test_alert()
    return RedirectResponse("/admin/alerts", 303)


def _worker(worker: AdminWorker) -> list[Cell]:
    counts = worker.running, worker.queued, worker.done, worker.failed, worker.errors
    heard = Cell(f"{duration(worker.silent_seconds)} ago")
    if worker.silent_seconds > SILENT_SECONDS:
        heard = Cell(heard.text, tone="bad")
    cells = [Cell("–" if count is None else str(count)) for count in counts]
    return [Cell(worker.worker_id), Cell(worker.version, tone="faint"), heard, *cells]


def _alert(alert: Alert) -> list[Cell]:
    told = Cell(alert.slack.value, tone="faint")
    what = Cell(alert.kind.value.replace("_", " "))
    return [
        what,
        Cell(alert.text),
        Cell(str(alert.count)),
        told,
        moment(alert.first_at),
        moment(alert.last_at),
        moment(alert.resolved_at),
    ]
