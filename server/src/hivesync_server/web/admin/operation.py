"""The pages of what the server does by itself: webhook deliveries and logs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from hivesync_contract.admin import AdminLog, AdminLogLevel, AdminWebhookDelivery
from hivesync_contract.webhooks import DeliveryState
from starlette.responses import RedirectResponse, Response

from hivesync_server.admin.retries import redeliver
from hivesync_server.http.fields import ResourceId
from hivesync_server.http.pagination import PageQuery
from hivesync_server.web.admin.desk import AdminRoute, PageDeskDep
from hivesync_server.web.admin.listing import Cell, filters_of, moment, table_of
from hivesync_server.web.visits import FromOwnPage

router = APIRouter(prefix="/admin", include_in_schema=False, route_class=AdminRoute)

Password = Annotated[str, Form(max_length=1024)]
_TONES = {"failed": "bad", "delivered": "good"}


@router.get("/webhooks")
async def webhooks(desk: PageDeskDep, page: PageQuery, state: DeliveryState | None = None) -> Response:
    """List what was sent to webhooks, without what is in it."""
    columns = ("To", "Of", "Event", "State", "Tries", "Answer", "Problem", "Made", "Last try", "")
    chosen = state.value if state else ""
    listed = await desk.desk.lists.webhook_deliveries(page, chosen or None)
    choices = filters_of("/admin/webhooks", "state", [each.value for each in DeliveryState], chosen)
    table = table_of(
        "Webhook deliveries",
        "/admin/webhooks",
        columns,
        listed,
        _delivery,
        {"state": chosen},
        filters=choices,
        export="webhook_deliveries",
    )
    return desk.show("list.html", "webhooks", table=table)


@router.post("/webhooks/{delivery_id}/redeliver", dependencies=[FromOwnPage])
async def redeliver_webhook(delivery_id: ResourceId, desk: PageDeskDep, password: Password = "") -> Response:
    """Send a message again that failed."""
    await desk.confirm(password)
    await redeliver(desk.desk, delivery_id)
    return RedirectResponse("/admin/webhooks", 303)


@router.get("/logs")
async def logs(desk: PageDeskDep, page: PageQuery, level: AdminLogLevel | None = None) -> Response:
    """List what the processes of this server warned of."""
    chosen = level.value if level else ""
    listed = await desk.desk.lists.logs(page, chosen or None)
    choices = filters_of("/admin/logs", "level", [each.value for each in AdminLogLevel], chosen)
    columns = ("Time", "Level", "What", "Details", "Request", "By")
    table = table_of(
        "Logs", "/admin/logs", columns, listed, _log, {"level": chosen}, filters=choices, export="logs"
    )
    return desk.show("list.html", "logs", table=table)


def _delivery(delivery: AdminWebhookDelivery) -> list[Cell]:
    can_retry = delivery.state is DeliveryState.FAILED and not delivery.disabled
    problem = (delivery.failure or "").replace("_", " ")
    return [
        Cell(delivery.host),
        Cell(delivery.owner),
        Cell(delivery.type),
        Cell(delivery.state.value, tone=_TONES.get(delivery.state.value, "")),
        Cell(str(delivery.attempts)),
        Cell(str(delivery.status or "–"), tone="faint"),
        Cell(problem),
        moment(delivery.created_at),
        moment(delivery.attempted_at),
        Cell("Send again", act=f"/admin/webhooks/{delivery.id}/redeliver") if can_retry else Cell(""),
    ]


def _log(log: AdminLog) -> list[Cell]:
    fields = [f"{name}: {value}" for name, value in log.fields.items() if name != "exception"]
    trace = log.fields.get("exception", "")
    return [
        moment(log.at),
        Cell(log.level.value.lower(), tone="" if log.level is AdminLogLevel.WARNING else "bad"),
        Cell(log.message),
        Cell(", ".join(fields) or ("" if trace else "–"), more=trace),
        Cell(log.request_id, tone="faint"),
        Cell(log.logger.removeprefix("hivesync_server."), tone="faint"),
    ]
