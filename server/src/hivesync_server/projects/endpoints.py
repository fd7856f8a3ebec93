"""Routes of projects."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from hivesync_contract.pages import Page
from hivesync_contract.projects import Project, ProjectFavorite, ProjectTags

from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.http import conditional
from hivesync_server.http.fields import ResourceId
from hivesync_server.http.idempotency import idempotent
from hivesync_server.http.pagination import PageQuery
from hivesync_server.http.route import ApiRoute
from hivesync_server.projects.schemas import ProjectCreateBody, ProjectPatch, ProjectTagsBody, Tag, tag_key
from hivesync_server.projects.service import ProjectsDep
from hivesync_server.templates.service import TemplatesDep

router = APIRouter(
    prefix="/projects", tags=["projects"], route_class=ApiRoute, dependencies=[Depends(idempotent)]
)


@router.post("", status_code=201)
async def create(
    body: ProjectCreateBody,
    principal: CurrentPrincipal,
    projects: ProjectsDep,
    templates: TemplatesDep,
    response: Response,
) -> Project:
    """Make a project, perhaps with what a template begins with; the caller owns it."""
    template = templates.named(body.template) if body.template is not None else None
    row = await projects.create(principal.user_id, body)
    if template is not None:
        await templates.begin(row.id, principal.user_id, template)
    response.headers["Location"] = f"/api/v1/projects/{row.id}"
    return await projects.shape(row)


@router.get("")
async def list_projects(
    principal: CurrentPrincipal,
    projects: ProjectsDep,
    page: PageQuery,
    favorite: bool | None = None,
    tag: Annotated[Tag | None, Query()] = None,
) -> Page[Project]:
    """List the caller's projects, own and others', newest first.

    `favorite` chooses those at hand, or not; `tag` those that have it, whatever its case.
    """
    rows = await projects.repository.page(
        principal.user_id,
        page.after,
        page.limit,
        favorite=favorite,
        tag=tag_key(tag) if tag is not None else None,
        only=principal.project_ids,
    )
    shapes = await projects.shapes(rows)
    return page.page(rows, lambda row: row.id, lambda row: shapes[row.id])


@router.get("/{project_id}")
async def get(project_id: ResourceId, principal: CurrentPrincipal, projects: ProjectsDep) -> Project:
    """Give one project."""
    return await projects.shape(await projects.get(project_id, principal.user_id))


@router.patch("/{project_id}")
async def patch(
    project_id: ResourceId,
    body: ProjectPatch,
    request: Request,
    principal: CurrentPrincipal,
    projects: ProjectsDep,
    if_match: Annotated[str | None, Header()] = None,
) -> Project:
    """Change a project by a JSON Merge Patch."""
    row = await projects.get(project_id, principal.user_id, lock=True)
    conditional.check_match(if_match, await projects.shape(row))
    # Absent and null mean different things in a merge patch, and only the JSON itself knows which it was.
    fields = {name: getattr(body, name) for name in await request.json()}
    await projects.change(row, principal.user_id, fields)
    return await projects.shape(row)


@router.delete("/{project_id}", status_code=204)
async def delete(project_id: ResourceId, principal: CurrentPrincipal, projects: ProjectsDep) -> None:
    """Delete a project with everything in it; only its owner may."""
    await projects.delete(project_id, principal.user_id)


@router.get("/{project_id}/favorite")
async def get_favorite(
    project_id: ResourceId, principal: CurrentPrincipal, projects: ProjectsDep
) -> ProjectFavorite:
    """Tell whether the caller has the project at hand."""
    return ProjectFavorite(await projects.is_favorite(project_id, principal.user_id))


@router.put("/{project_id}/favorite")
async def add_favorite(
    project_id: ResourceId, principal: CurrentPrincipal, projects: ProjectsDep
) -> ProjectFavorite:
    """Put a project at hand."""
    await projects.set_favorite(project_id, principal.user_id, True)
    return ProjectFavorite(True)


@router.delete("/{project_id}/favorite")
async def remove_favorite(
    project_id: ResourceId, principal: CurrentPrincipal, projects: ProjectsDep
) -> ProjectFavorite:
    """Put it away again."""
    await projects.set_favorite(project_id, principal.user_id, False)
    return ProjectFavorite(False)


@router.get("/{project_id}/tags")
async def get_tags(project_id: ResourceId, principal: CurrentPrincipal, projects: ProjectsDep) -> ProjectTags:
    """Give the project's tags."""
    row = await projects.get(project_id, principal.user_id)
    return ProjectTags((await projects.shape(row)).tags)


@router.put("/{project_id}/tags")
async def set_tags(
    project_id: ResourceId, body: ProjectTagsBody, principal: CurrentPrincipal, projects: ProjectsDep
) -> ProjectTags:
    """Give the project these tags, and no others."""
    row = await projects.get(project_id, principal.user_id, lock=True)
    await projects.change(row, principal.user_id, {"tags": body.tags})
    return ProjectTags(list(body.tags))
