"""Routes of notifications."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from hivesync_contract.notifications import Notification, NotificationSettings, UnreadCount
from hivesync_contract.pages import Page

from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.http.fields import ResourceId
from hivesync_server.http.idempotency import idempotent
from hivesync_server.http.pagination import PageQuery
from hivesync_server.http.route import ApiRoute
from hivesync_server.notifications.schemas import (
    NotificationPatchBody,
    NotificationSettingsBody,
    NotificationsReadBody,
)
from hivesync_server.notifications.service import NotificationsDep
from hivesync_server.notifications.shapes import notification_shape

router = APIRouter(
    prefix="/notifications", tags=["notifications"], route_class=ApiRoute, dependencies=[Depends(idempotent)]
)


@router.get("")
async def list_notifications(
    principal: CurrentPrincipal, notifications: NotificationsDep, page: PageQuery, unread: bool | None = None
) -> Page[Notification]:
    """List the caller's notifications, newest first; `unread` chooses those not read yet, or the others."""
    rows = await notifications.repository.page(principal.user_id, page.after, page.limit, unread=unread)
    return page.page(rows, lambda row: row.id, notification_shape)


@router.get("/unread")
async def unread(principal: CurrentPrincipal, notifications: NotificationsDep) -> UnreadCount:
    """Count those not read yet."""
    return await notifications.unread(principal.user_id)


@router.post("/read")
async def read(
    body: NotificationsReadBody, principal: CurrentPrincipal, notifications: NotificationsDep
) -> UnreadCount:
    """Mark some or all as read, and give how many are left; ids of others are passed over."""
    await notifications.repository.mark_read(
        principal.user_id, notifications.now, ids=body.ids, up_to=body.up_to
    )
    return await notifications.unread(principal.user_id)


@router.get("/settings")
async def settings(principal: CurrentPrincipal, notifications: NotificationsDep) -> NotificationSettings:
    """Tell where notifications of each type go."""
    return await notifications.settings(principal.user_id)


@router.patch("/settings")
async def change_settings(
    body: NotificationSettingsBody, principal: CurrentPrincipal, notifications: NotificationsDep
) -> NotificationSettings:
    """Change where notifications of some types go."""
    await notifications.set_channels(principal.user_id, body.channels or ())
    if body.digest is not None:
        await notifications.set_digest(principal.user_id, body.digest)
    return await notifications.settings(principal.user_id)


@router.patch("/{notification_id}")
async def patch(
    notification_id: ResourceId,
    body: NotificationPatchBody,
    principal: CurrentPrincipal,
    notifications: NotificationsDep,
) -> Notification:
    """Mark one as read, or as unread again."""
    return notification_shape(await notifications.set_read(notification_id, principal.user_id, body.read))
