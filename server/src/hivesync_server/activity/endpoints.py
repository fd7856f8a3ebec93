"""Routes of activity."""

from __future__ import annotations

from fastapi import APIRouter
from hivesync_contract.activity import ActivityEntry
from hivesync_contract.pages import Page

from hivesync_server.activity.service import ActivityDep
from hivesync_server.activity.shapes import activity_shape
from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.http.fields import GivenId, ResourceId
from hivesync_server.http.pagination import PageQuery
from hivesync_server.http.route import ApiRoute
from hivesync_server.projects.service import ProjectsDep

router = APIRouter(prefix="/projects/{project_id}/activity", tags=["activity"], route_class=ApiRoute)


@router.get("")
async def list_activity(
    project_id: ResourceId,
    principal: CurrentPrincipal,
    projects: ProjectsDep,
    activity: ActivityDep,
    page: PageQuery,
    subject_id: GivenId | None = None,
) -> Page[ActivityEntry]:
    """List what was done in a project, newest first; `subject_id` chooses one task, comment or person."""
    await projects.check_visible(project_id, principal)
    rows = await activity.repository.page(project_id, page.after, page.limit, subject_id=subject_id)
    return page.page(rows, lambda found: found[0].id, activity_shape)
