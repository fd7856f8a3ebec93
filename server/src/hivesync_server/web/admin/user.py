"""The page of one account, and what admins do to it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from hivesync_contract.identity import Tier
from starlette.responses import RedirectResponse, Response

from hivesync_server.admin.acts import Change
from hivesync_server.audit.service import AuditAction
from hivesync_server.http.fields import ResourceId
from hivesync_server.web.admin.desk import AdminRoute, PageDeskDep
from hivesync_server.web.visits import FromOwnPage

router = APIRouter(prefix="/admin/users/{user_id}", include_in_schema=False, route_class=AdminRoute)

Password = Annotated[str, Form(max_length=1024)]


@router.get("")
async def user(user_id: ResourceId, desk: PageDeskDep) -> Response:
    """Show one account; that is noted in the audit log."""
    details = await desk.desk.acts.details(user_id)
    await desk.desk.note_look(AuditAction.ADMIN_USER_SEEN, user_id)
    is_self = user_id == desk.desk.admin.user_id
    return desk.show("user.html", "users", details=details, tiers=list(Tier), is_self=is_self)


@router.post("/change", dependencies=[FromOwnPage])
async def change(
    user_id: ResourceId,
    desk: PageDeskDep,
    password: Password,
    tier: Annotated[Tier | None, Form()] = None,
    disabled: Annotated[bool | None, Form()] = None,
    email_verified: Annotated[bool | None, Form()] = None,
) -> Response:
    """Change an account."""
    await desk.confirm(password)
    await desk.desk.acts.change(user_id, Change(tier, disabled, email_verified))
    return RedirectResponse(f"/admin/users/{user_id}", 303)


@router.post("/revoke-sessions", dependencies=[FromOwnPage])
async def revoke_sessions(user_id: ResourceId, desk: PageDeskDep, password: Password) -> Response:
    """Sign the user out everywhere."""
    await desk.confirm(password)
    await desk.desk.acts.revoke_sessions(user_id)
    return RedirectResponse(f"/admin/users/{user_id}", 303)
