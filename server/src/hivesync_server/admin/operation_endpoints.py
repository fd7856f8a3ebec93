"""Routes of admins for the running of the server: Workers, webhooks, logs, and where alerts go."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from hivesync_contract.admin import AdminLog, AdminLogLevel, AdminWebhookDelivery, AdminWorker
from hivesync_contract.alerts import Alert, AlertKind, AlertSettings, AlertSettingsPatch
from hivesync_contract.pages import Page
from hivesync_contract.webhooks import DeliveryState
from pydantic import Field
from pydantic.dataclasses import dataclass

from hivesync_server.admin.access import ConfirmationDep
from hivesync_server.admin.retries import redeliver
from hivesync_server.admin.schemas import AdminActBody, Password
from hivesync_server.admin.services import DeskDep
from hivesync_server.alerts.service import alert_shape
from hivesync_server.auth.schemas import Email
from hivesync_server.http.fields import STRICT, ResourceId
from hivesync_server.http.pagination import PageQuery
from hivesync_server.http.route import ApiRoute

router = APIRouter(prefix="/admin", tags=["admin"], route_class=ApiRoute)

EMAILS_MAX = 20


@dataclass(frozen=True, slots=True, config=STRICT)
class AlertSettingsBody:
    """Body of `PATCH /admin/alerts/settings`; what is null stays, an empty `slack_url` ends Slack."""

    password: Password
    slack_url: Annotated[str, Field(max_length=2048)] | None = None
    emails: Annotated[list[Email], Field(max_length=EMAILS_MAX)] | None = None
    kinds: Annotated[list[AlertKind], Field(max_length=len(AlertKind))] | None = None

    def patch(self) -> AlertSettingsPatch:
        """Give the contract's shape."""
        return AlertSettingsPatch(slack_url=self.slack_url, emails=self.emails, kinds=self.kinds)


@router.get("/workers")
async def workers(desk: DeskDep) -> list[AdminWorker]:
    """Give what each Worker said last, the latest first."""
    return await desk.workers()


@router.get("/webhook-deliveries")
async def webhook_deliveries(
    desk: DeskDep, page: PageQuery, state: DeliveryState | None = None
) -> Page[AdminWebhookDelivery]:
    """List what was sent to webhooks and what waits, newest first, without what is in it."""
    return await desk.lists.webhook_deliveries(page, state.value if state else None)


@router.post("/webhook-deliveries/{delivery_id}/redeliver", status_code=204)
async def redeliver_webhook(
    delivery_id: ResourceId, body: AdminActBody, desk: DeskDep, confirmation: ConfirmationDep
) -> None:
    """Send a message to a webhook again that failed."""
    await confirmation.check(body.password)
    await redeliver(desk, delivery_id)


@router.get("/logs")
async def logs(desk: DeskDep, page: PageQuery, level: AdminLogLevel | None = None) -> Page[AdminLog]:
    """List what any process of this server warned of in the last seven days, newest first."""
    return await desk.lists.logs(page, level.value if level else None)


@router.get("/alerts")
async def alerts(desk: DeskDep, page: PageQuery) -> Page[Alert]:
    """List the troubles that administrators were told of, newest first."""
    rows = await desk.alerts.repository.page(page.after, page.limit)
    return page.page(rows, lambda row: row.id, alert_shape)


@router.get("/alerts/settings")
async def alert_settings(desk: DeskDep) -> AlertSettings:
    """Tell where alerts go."""
    return await desk.alerts.settings()


@router.patch("/alerts/settings")
async def change_alert_settings(
    body: AlertSettingsBody, desk: DeskDep, confirmation: ConfirmationDep
) -> AlertSettings:
    """Change where alerts go."""
    await confirmation.check(body.password)
    return await desk.change_alerts(body.patch())


@router.post("/alerts/test", status_code=204)
async def test_alert(body: AdminActBody, desk: DeskDep, confirmation: ConfirmationDep) -> None:
    """Send a test alert where the settings say."""
    await confirmation.check(body.password)
    await desk.test_alert()
