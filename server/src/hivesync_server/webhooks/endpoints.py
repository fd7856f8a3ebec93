"""Routes of webhooks. No API key reaches them: one that leaked could leave a listener that outlives it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from hivesync_contract.pages import Page
from hivesync_contract.webhooks import Webhook, WebhookCreated, WebhookDelivery

from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.http import conditional, idempotency
from hivesync_server.http.fields import ResourceId
from hivesync_server.http.pagination import PageQuery
from hivesync_server.http.route import ApiRoute
from hivesync_server.webhooks.schemas import WebhookCreateBody, WebhookPatchBody
from hivesync_server.webhooks.service import WebhooksDep
from hivesync_server.webhooks.shapes import delivery_shape, webhook_shape

router = APIRouter(
    prefix="/webhooks",
    tags=["webhooks"],
    route_class=ApiRoute,
    dependencies=[Depends(idempotency.idempotent)],
)


async def _show_secret_once(request: Request, response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"
    idempotency.show_once(request, "secret")


_ONCE = Depends(_show_secret_once)


@router.post("", status_code=201, dependencies=[_ONCE])
async def create(
    body: WebhookCreateBody, principal: CurrentPrincipal, webhooks: WebhooksDep, response: Response
) -> WebhookCreated:
    """Make a webhook. This answer is the only one that shows its secret."""
    created = await webhooks.create(principal.user_id, body)
    response.headers["Location"] = f"/api/v1/webhooks/{created.webhook.id}"
    return created


@router.get("")
async def list_webhooks(principal: CurrentPrincipal, webhooks: WebhooksDep, page: PageQuery) -> Page[Webhook]:
    """List the caller's webhooks, newest first."""
    rows = await webhooks.repository.page(principal.user_id, page.after, page.limit)
    return page.page(rows, lambda row: row.id, lambda row: webhook_shape(row, webhooks.now))


@router.get("/{webhook_id}")
async def get(webhook_id: ResourceId, principal: CurrentPrincipal, webhooks: WebhooksDep) -> Webhook:
    """Give one webhook."""
    return webhook_shape(await webhooks.get(webhook_id, principal.user_id), webhooks.now)


@router.patch("/{webhook_id}")
async def patch(
    webhook_id: ResourceId,
    body: WebhookPatchBody,
    request: Request,
    principal: CurrentPrincipal,
    webhooks: WebhooksDep,
    if_match: Annotated[str | None, Header()] = None,
) -> Webhook:
    """Change a webhook by a JSON Merge Patch. Disabling it ends what waits; enabling it forgets failures."""
    row = await webhooks.get(webhook_id, principal.user_id, lock=True)
    conditional.check_match(if_match, webhook_shape(row, webhooks.now))
    # Absent and null mean different things in a merge patch, and only the JSON itself knows which it was.
    await webhooks.change(row, {name: getattr(body, name) for name in await request.json()})
    return webhook_shape(row, webhooks.now)


@router.delete("/{webhook_id}", status_code=204)
async def delete(webhook_id: ResourceId, principal: CurrentPrincipal, webhooks: WebhooksDep) -> None:
    """Delete a webhook, its log, and what waits for it."""
    await webhooks.delete(webhook_id, principal.user_id)


@router.post("/{webhook_id}/secret", dependencies=[_ONCE])
async def renew_secret(
    webhook_id: ResourceId, principal: CurrentPrincipal, webhooks: WebhooksDep
) -> WebhookCreated:
    """Make a new secret, shown here only. For 24 hours messages carry a signature of the old one, too."""
    return await webhooks.renew_secret(webhook_id, principal.user_id)


@router.post("/{webhook_id}/test", status_code=202)
async def test(webhook_id: ResourceId, principal: CurrentPrincipal, webhooks: WebhooksDep) -> WebhookDelivery:
    """Send a `ping`; its delivery tells how it went."""
    return delivery_shape(await webhooks.ping(webhook_id, principal.user_id))


@router.get("/{webhook_id}/deliveries")
async def list_deliveries(
    webhook_id: ResourceId, principal: CurrentPrincipal, webhooks: WebhooksDep, page: PageQuery
) -> Page[WebhookDelivery]:
    """List what was sent and what waits, newest first, of the last 30 days."""
    webhook = await webhooks.get(webhook_id, principal.user_id)
    rows = await webhooks.deliveries.page(webhook.id, page.after, page.limit)
    return page.page(rows, lambda row: row.id, delivery_shape)


@router.get("/{webhook_id}/deliveries/{delivery_id}")
async def get_delivery(
    webhook_id: ResourceId, delivery_id: ResourceId, principal: CurrentPrincipal, webhooks: WebhooksDep
) -> WebhookDelivery:
    """Give one delivery."""
    return delivery_shape(await webhooks.delivery(webhook_id, delivery_id, principal.user_id))


@router.post("/{webhook_id}/deliveries/{delivery_id}/redeliver", status_code=202)
async def redeliver(
    webhook_id: ResourceId, delivery_id: ResourceId, principal: CurrentPrincipal, webhooks: WebhooksDep
) -> WebhookDelivery:
    """Send a message again, under the same `webhook-id`."""
    return delivery_shape(await webhooks.redeliver(webhook_id, delivery_id, principal.user_id))
