"""Routes of a project's team."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from hivesync_contract.pages import Page
from hivesync_contract.projects import Project
from hivesync_contract.team import Member, TeamInvite

from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.http.fields import ResourceId
from hivesync_server.http.idempotency import idempotent
from hivesync_server.http.pagination import PageQuery
from hivesync_server.http.route import ApiRoute
from hivesync_server.projects.service import ProjectsDep
from hivesync_server.team.invites import InvitesDep
from hivesync_server.team.schemas import InviteBody, TransferBody
from hivesync_server.team.service import TeamDep
from hivesync_server.team.shapes import member_shape, team_invite_shape

router = APIRouter(
    prefix="/projects/{project_id}/team",
    tags=["team"],
    route_class=ApiRoute,
    dependencies=[Depends(idempotent)],
)


@router.get("")
async def list_members(
    project_id: ResourceId, principal: CurrentPrincipal, projects: ProjectsDep, page: PageQuery
) -> Page[Member]:
    """List who works on a project, those with the newest accounts first."""
    project = await projects.get(project_id, principal.user_id)
    rows = await projects.team.page(project.id, page.after, page.limit)
    return page.page(rows, lambda found: found[0].user_id, lambda found: member_shape(found, project))


@router.delete("/members/{user_id}", status_code=204)
async def remove(
    project_id: ResourceId, user_id: ResourceId, principal: CurrentPrincipal, team: TeamDep
) -> None:
    """Leave the project, or as its owner remove a member."""
    await team.remove(project_id, principal.user_id, user_id)


@router.post("/transfer")
async def transfer(
    project_id: ResourceId, body: TransferBody, principal: CurrentPrincipal, team: TeamDep
) -> Project:
    """Give the project to another member; only its owner may, and stays a member."""
    project = await team.transfer(project_id, principal.user_id, body.user_id)
    return await team.projects.shape(project)


@router.get("/invites")
async def list_invites(
    project_id: ResourceId,
    principal: CurrentPrincipal,
    projects: ProjectsDep,
    invites: InvitesDep,
    page: PageQuery,
) -> Page[TeamInvite]:
    """List the invites that wait for an answer, newest first; only the owner may."""
    project = await projects.get(project_id, principal.user_id)
    projects.check_owner(project, principal.user_id)
    rows = await invites.repository.page_of_project(project.id, invites.now, page.after, page.limit)
    return page.page(rows, lambda found: found[0].id, lambda found: team_invite_shape(found[0], found[2]))


@router.post("/invites", status_code=201)
async def invite(
    project_id: ResourceId, body: InviteBody, principal: CurrentPrincipal, invites: InvitesDep
) -> TeamInvite:
    """Invite an address or a name; only the owner may. Whether there is such an account is not told."""
    row, inviter = await invites.create(project_id, principal.user_id, body.login)
    return team_invite_shape(row, inviter.username)


@router.delete("/invites/{invite_id}", status_code=204)
async def revoke(
    project_id: ResourceId, invite_id: ResourceId, principal: CurrentPrincipal, invites: InvitesDep
) -> None:
    """Take an invite back; only the owner may, until it is accepted."""
    await invites.revoke(project_id, principal.user_id, invite_id)
