"""Routes of comments."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Response
from hivesync_contract.comments import Comment, CommentStars, CommentTargetKind
from hivesync_contract.errors import ErrorCode, FieldError, HiveSyncError
from hivesync_contract.pages import Page

from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.comments.repository import Thread
from hivesync_server.comments.schemas import CommentCreateBody, CommentPatchBody, CommentPath, LineNumber
from hivesync_server.comments.service import CommentsDep
from hivesync_server.http import conditional
from hivesync_server.http.fields import GivenId, ResourceId
from hivesync_server.http.idempotency import idempotent
from hivesync_server.http.pagination import PageQuery
from hivesync_server.http.route import ApiRoute
from hivesync_server.projects.service import ProjectsDep

RENDERED_MAX = 50
"""The longest page with HTML, which costs time to make; who asks for more goes on by the cursor."""

router = APIRouter(
    prefix="/projects/{project_id}/comments",
    tags=["comments"],
    route_class=ApiRoute,
    dependencies=[Depends(idempotent)],
)


class ThreadInvalid(HiveSyncError):
    """The query names no thread."""

    code = ErrorCode.VALIDATION_ERROR


async def _thread(
    kind: CommentTargetKind | None = None,
    path: Annotated[CommentPath | None, Query()] = None,
    line: Annotated[LineNumber | None, Query()] = None,
    task_id: Annotated[GivenId | None, Query()] = None,
) -> Thread:
    if line is not None and path is None:
        raise ThreadInvalid("A line needs its file.", errors=[FieldError("path", "is missing")])
    if task_id is not None and path is not None:
        raise ThreadInvalid(
            "A thread is about a task or a file.", errors=[FieldError("task_id", "is too much")]
        )
    return Thread(kind, path, line, task_id)


ThreadQuery = Annotated[Thread, Depends(_thread)]
Render = Literal["html"]


@router.get("")
async def list_comments(
    project_id: ResourceId,
    principal: CurrentPrincipal,
    projects: ProjectsDep,
    comments: CommentsDep,
    thread: ThreadQuery,
    page: PageQuery,
    render: Render | None = None,
) -> Page[Comment]:
    """List a project's comments, newest first; `kind`, `task_id`, `path` and `line` choose a thread's."""
    await projects.check_visible(project_id, principal)
    if render:
        page = replace(page, limit=min(page.limit, RENDERED_MAX))
    rows = await comments.repository.page(project_id, thread, page.after, page.limit)
    shapes = await comments.shapes(rows[: page.limit], principal.user_id, html=render is not None)
    return page.page(rows, lambda row: row.id, lambda row: shapes[row.id])


@router.post("", status_code=201)
async def create(
    project_id: ResourceId,
    body: CommentCreateBody,
    principal: CurrentPrincipal,
    projects: ProjectsDep,
    comments: CommentsDep,
    response: Response,
) -> Comment:
    """Write a comment."""
    project = await projects.get(project_id, principal.user_id, lock=True)
    row = await comments.add(project, principal.user_id, body)
    response.headers["Location"] = f"/api/v1/projects/{project.id}/comments/{row.id}"
    return await comments.shape(row, principal.user_id)


@router.get("/{comment_id}")
async def get(
    project_id: ResourceId,
    comment_id: ResourceId,
    principal: CurrentPrincipal,
    projects: ProjectsDep,
    comments: CommentsDep,
    render: Render | None = None,
) -> Comment:
    """Give one comment."""
    await projects.check_visible(project_id, principal)
    row = await comments.get(comment_id, project_id)
    return await comments.shape(row, principal.user_id, html=render is not None)


@router.patch("/{comment_id}")
async def patch(
    project_id: ResourceId,
    comment_id: ResourceId,
    body: CommentPatchBody,
    principal: CurrentPrincipal,
    projects: ProjectsDep,
    comments: CommentsDep,
    if_match: Annotated[str | None, Header()] = None,
) -> Comment:
    """Change one's own comment by a JSON Merge Patch."""
    project = await projects.get(project_id, principal.user_id, lock=True)
    row = await comments.living(comment_id, project.id)
    conditional.check_match(if_match, await comments.shape(row, principal.user_id))
    await comments.edit(project, row, principal.user_id, body.body)
    return await comments.shape(row, principal.user_id)


@router.delete("/{comment_id}", status_code=204)
async def delete(
    project_id: ResourceId,
    comment_id: ResourceId,
    principal: CurrentPrincipal,
    projects: ProjectsDep,
    comments: CommentsDep,
) -> None:
    """Empty a comment; its author may, and the project's owner."""
    project = await projects.get(project_id, principal.user_id, lock=True)
    await comments.delete(project, await comments.get(comment_id, project.id), principal.user_id)


@router.put("/{comment_id}/star")
async def add_star(
    project_id: ResourceId,
    comment_id: ResourceId,
    principal: CurrentPrincipal,
    projects: ProjectsDep,
    comments: CommentsDep,
) -> CommentStars:
    """Star a comment."""
    project = await projects.get(project_id, principal.user_id, lock=True)
    return await comments.set_star(await comments.living(comment_id, project.id), principal.user_id, True)


@router.delete("/{comment_id}/star")
async def remove_star(
    project_id: ResourceId,
    comment_id: ResourceId,
    principal: CurrentPrincipal,
    projects: ProjectsDep,
    comments: CommentsDep,
) -> CommentStars:
    """Take one's star back."""
    project = await projects.get(project_id, principal.user_id, lock=True)
    return await comments.set_star(await comments.living(comment_id, project.id), principal.user_id, False)
