"""Routes of labels."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from hivesync_contract.pages import Page
from hivesync_contract.tasks import Label

from hivesync_server.http import conditional
from hivesync_server.http.fields import ResourceId
from hivesync_server.http.idempotency import idempotent
from hivesync_server.http.pagination import PageQuery
from hivesync_server.http.route import ApiRoute
from hivesync_server.tasks.schemas import LabelCreateBody, LabelPatch
from hivesync_server.tasks.scope import TaskScopeDep
from hivesync_server.tasks.shapes import label_shape

router = APIRouter(
    prefix="/projects/{project_id}/labels",
    tags=["labels"],
    route_class=ApiRoute,
    dependencies=[Depends(idempotent)],
)


@router.get("")
async def list_labels(scope: TaskScopeDep, page: PageQuery) -> Page[Label]:
    """List the project's labels, newest first."""
    rows = await scope.labels.repository.page(page.after, page.limit)
    return page.page(rows, lambda row: row.id, label_shape)


@router.post("", status_code=201)
async def create(body: LabelCreateBody, scope: TaskScopeDep, response: Response) -> Label:
    """Make a label; 409 if the project has one of that name, whatever the case."""
    row = await scope.labels.create(body)
    response.headers["Location"] = f"/api/v1/projects/{scope.project_id}/labels/{row.id}"
    return label_shape(row)


@router.get("/{label_id}")
async def get(label_id: ResourceId, scope: TaskScopeDep) -> Label:
    """Give one label."""
    return label_shape(await scope.labels.get(label_id))


@router.patch("/{label_id}")
async def patch(
    label_id: ResourceId,
    body: LabelPatch,
    request: Request,
    scope: TaskScopeDep,
    if_match: Annotated[str | None, Header()] = None,
) -> Label:
    """Change a label by a JSON Merge Patch; its tasks keep it."""
    row = await scope.labels.get(label_id)
    conditional.check_match(if_match, label_shape(row))
    await scope.labels.change(row, {name: getattr(body, name) for name in await request.json()})
    return label_shape(row)


@router.delete("/{label_id}", status_code=204)
async def delete(label_id: ResourceId, scope: TaskScopeDep) -> None:
    """Delete a label; no task has it any more."""
    await scope.labels.delete(label_id)
