"""Routes of the invites that the caller has received."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from hivesync_contract.pages import Page
from hivesync_contract.team import Invite, Member

from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.http.fields import ResourceId
from hivesync_server.http.idempotency import idempotent
from hivesync_server.http.pagination import PageQuery
from hivesync_server.http.route import ApiRoute
from hivesync_server.team.invites import InvitesDep
from hivesync_server.team.shapes import invite_shape, member_shape

router = APIRouter(prefix="/invites", tags=["team"], route_class=ApiRoute, dependencies=[Depends(idempotent)])


@router.get("")
async def list_invites(principal: CurrentPrincipal, invites: InvitesDep, page: PageQuery) -> Page[Invite]:
    """List the invites to the caller's name and confirmed address that wait for an answer, newest first."""
    rows = await invites.mine(principal.user_id, page.after, page.limit)
    return page.page(rows, lambda found: found[0].id, invite_shape)


@router.post("/{invite_id}/accept")
async def accept(invite_id: ResourceId, principal: CurrentPrincipal, invites: InvitesDep) -> Member:
    """Join the project."""
    return member_shape(*await invites.accept(invite_id, principal.user_id))


@router.post("/{invite_id}/decline", status_code=204)
async def decline(invite_id: ResourceId, principal: CurrentPrincipal, invites: InvitesDep) -> None:
    """Refuse the invite."""
    await invites.decline(invite_id, principal.user_id)
