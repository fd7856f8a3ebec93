"""Routes of previews."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from hivesync_contract.pages import Page
from hivesync_contract.previews import Preview, PreviewCreated
from hivesync_contract.rooms import RoomAccess

from hivesync_server.http.fields import ResourceId
from hivesync_server.http.idempotency import idempotent
from hivesync_server.http.pagination import PageQuery
from hivesync_server.http.route import ApiRoute
from hivesync_server.previews.links import PreviewLinks
from hivesync_server.previews.repository import PreviewAndVersion
from hivesync_server.previews.schemas import PreviewCreateBody
from hivesync_server.previews.service import Previews, previews_on
from hivesync_server.previews.shapes import preview_shape
from hivesync_server.projects.service import ProjectsDep
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.quotas.dependencies import QuotasDep
from hivesync_server.resources import ResourcesDep, TransactionDep

router = APIRouter(
    prefix="/projects/{project_id}/previews",
    tags=["previews"],
    route_class=ApiRoute,
    dependencies=[Depends(idempotent)],
)


@dataclass(frozen=True, slots=True)
class _Scope:
    """The project of the address, already checked to be the caller's, and what acts in it."""

    project: ProjectRow
    previews: Previews
    links: PreviewLinks

    def shown(self, rows: PreviewAndVersion) -> Preview:
        return self.links.add_to(preview_shape(rows))


async def _scope(
    request: Request,
    project_id: ResourceId,
    quotas: QuotasDep,
    projects: ProjectsDep,
    resources: ResourcesDep,
    transaction: TransactionDep,
) -> _Scope:
    project = await projects.get(project_id, quotas.user_id)
    previews = previews_on(resources, transaction, quotas)
    if request.method == "POST":
        await previews.sources.hold(project.id, projects.now)
    links = PreviewLinks(resources.settings.worker, quotas.user_id, quotas.tier, projects.now)
    return _Scope(project, previews, links)


ScopeDep = Annotated[_Scope, Depends(_scope)]


@router.post("", status_code=201)
async def create(body: PreviewCreateBody, scope: ScopeDep, response: Response) -> PreviewCreated:
    """Begin a preview; the answer says what to upload before `complete`."""
    rows, uploads = await scope.previews.create(scope.project, body)
    response.headers["Location"] = f"/api/v1/projects/{scope.project.id}/previews/{rows.preview.id}"
    return PreviewCreated(scope.shown(rows), uploads)


@router.post("/{preview_id}/versions", status_code=201)
async def create_version(preview_id: ResourceId, body: PreviewCreateBody, scope: ScopeDep) -> PreviewCreated:
    """Begin the next version of a preview, under the same link."""
    rows, uploads = await scope.previews.create_version(scope.project, preview_id, body)
    return PreviewCreated(scope.shown(rows), uploads)


@router.post("/{preview_id}/complete", status_code=202)
async def complete(preview_id: ResourceId, scope: ScopeDep) -> Preview:
    """Say that everything is uploaded; the build is queued."""
    return scope.shown(await scope.previews.complete(scope.project, preview_id))


@router.post("/{preview_id}/retry", status_code=202)
async def retry(preview_id: ResourceId, scope: ScopeDep) -> Preview:
    """Build a preview that failed again, from what is uploaded."""
    return scope.shown(await scope.previews.retry(scope.project, preview_id))


@router.post("/{preview_id}/room")
async def enter_room(preview_id: ResourceId, scope: ScopeDep) -> RoomAccess:
    """Give the caller's agent a token for the room of its own live preview."""
    return scope.links.room(preview_shape(await scope.previews.own_alive(scope.project, preview_id)))


@router.get("")
async def list_previews(scope: ScopeDep, page: PageQuery) -> Page[Preview]:
    """List the project's previews, newest first, as far back as the tier shows."""
    history = scope.previews.quotas.limits.history_shown
    rows = await scope.previews.repository.page(scope.project.id, page.after, page.limit, history)
    return page.page(rows, lambda row: row.preview.id, scope.shown)


@router.get("/{preview_id}")
async def get(preview_id: ResourceId, scope: ScopeDep) -> Preview:
    """Give one preview, with a fresh link."""
    return scope.shown(await scope.previews.get(scope.project, preview_id))


@router.delete("/{preview_id}", status_code=204)
async def delete(preview_id: ResourceId, scope: ScopeDep) -> None:
    """Delete a preview; a build of it that still runs comes to nothing."""
    await scope.previews.delete(scope.project, preview_id)
