"""Routes of tasks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from hivesync_contract.pages import Page
from hivesync_contract.tasks import Task, TaskBatchResult

from hivesync_server.http.fields import ResourceId
from hivesync_server.http.idempotency import idempotent
from hivesync_server.http.route import ApiRoute
from hivesync_server.tasks.listing import ListingQuery
from hivesync_server.tasks.schemas import TaskBatchBody, TaskCreateBody, TaskPatchBody
from hivesync_server.tasks.scope import TaskScopeDep
from hivesync_server.tasks.service import Edit
from hivesync_server.tasks.shapes import task_shape

router = APIRouter(
    prefix="/projects/{project_id}/tasks",
    tags=["tasks"],
    route_class=ApiRoute,
    dependencies=[Depends(idempotent)],
)


@router.get("")
async def list_tasks(scope: TaskScopeDep, listing: ListingQuery) -> Page[Task]:
    """List the project's tasks in its order; with `due_after` or `due_before`, by due date.

    `assignee` is a user's id, `me`, or `none` for those that nobody has taken; `text` is looked for in title
    and description, whatever the case. In a large project a page of what contains a text may hold fewer than
    `limit` though more follow: only without `next_cursor` it is the last one.
    """
    repository = scope.tasks.repository
    found = await listing.page(repository.session, scope.project_id)
    items = [task_shape(task) for task in await repository.stored(found.rows)]
    return Page(items, listing.end(found.last).wrap() if found.last is not None else None)


@router.post("", status_code=201)
async def create(body: TaskCreateBody, scope: TaskScopeDep, response: Response) -> Task:
    """Make a task."""
    task = await scope.tasks.create(body)
    response.headers["Location"] = f"/api/v1/projects/{scope.project_id}/tasks/{task.id}"
    return task


@router.post("/batch")
async def batch(body: TaskBatchBody, request: Request, scope: TaskScopeDep) -> TaskBatchResult:
    """Change several tasks, or none of them if one change is refused; `errors` then names it."""
    # Absent and null mean different things in a merge patch, and only the JSON itself knows which it was.
    sent = (await request.json())["changes"]
    edits = [
        Edit(change.id, {name: getattr(change.patch, name) for name in raw["patch"]}, change.if_match)
        for change, raw in zip(body.changes, sent, strict=True)
    ]
    return TaskBatchResult(await scope.tasks.edit(edits))


@router.get("/{task_id}")
async def get(task_id: ResourceId, scope: TaskScopeDep) -> Task:
    """Give one task."""
    return task_shape(await scope.tasks.get(task_id))


@router.patch("/{task_id}")
async def patch(
    task_id: ResourceId,
    body: TaskPatchBody,
    request: Request,
    scope: TaskScopeDep,
    if_match: Annotated[str | None, Header()] = None,
) -> Task:
    """Change a task by a JSON Merge Patch."""
    fields = {name: getattr(body, name) for name in await request.json()}
    (task,) = await scope.tasks.edit([Edit(task_id, fields, if_match)])
    return task


@router.delete("/{task_id}", status_code=204)
async def delete(task_id: ResourceId, scope: TaskScopeDep) -> None:
    """Delete a task; others that depend on it no longer do."""
    await scope.tasks.delete(task_id)


@router.put("/{task_id}/dependencies/{other_id}")
async def add_dependency(task_id: ResourceId, other_id: ResourceId, scope: TaskScopeDep) -> Task:
    """Let a task wait for another one of the same project; 409 if they would wait for each other."""
    return await scope.tasks.add_dependency(task_id, other_id)


@router.delete("/{task_id}/dependencies/{other_id}")
async def remove_dependency(task_id: ResourceId, other_id: ResourceId, scope: TaskScopeDep) -> Task:
    """Let a task no longer wait for another one."""
    return await scope.tasks.remove_dependency(task_id, other_id)
