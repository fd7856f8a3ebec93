"""What members can do with comments, within one transaction.

Who changes something has locked the project, so nobody else changes comments of it meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from hivesync_contract.activity import ActivityKind, Verb
from hivesync_contract.comments import Comment, CommentStars
from hivesync_contract.errors import ErrorCode, FieldError, HiveSyncError
from hivesync_contract.events import EventType

from hivesync_server.activity.service import Activity, ActivityDep
from hivesync_server.adapters.ids import new_id
from hivesync_server.comments.audience import Audience
from hivesync_server.comments.markdown import safe_html
from hivesync_server.comments.repository import CommentRepository
from hivesync_server.comments.schemas import CommentCreateBody
from hivesync_server.comments.shapes import comment_shape
from hivesync_server.comments.tables import CommentRow
from hivesync_server.events.publisher import EventPublisher
from hivesync_server.notifications.service import NotifierDep
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.resources import ResourcesDep, TransactionDep
from hivesync_server.services import service
from hivesync_server.team.repository import TeamRepository

_NO_STARS = CommentStars(0, False)


class CommentUnknown(HiveSyncError):
    """The project has no such comment."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such comment.")


class CommentDeleted(HiveSyncError):
    """What is left of the comment can't be changed."""

    code = ErrorCode.CONFLICT

    def __init__(self) -> None:
        super().__init__("This comment was deleted; write a new one.")


class TaskMissing(HiveSyncError):
    """The project has no such task to comment on."""

    code = ErrorCode.VALIDATION_ERROR

    def __init__(self) -> None:
        error = FieldError("target.task_id", "is no task of this project")
        super().__init__("There is no such task; it may have been deleted.", errors=[error])


class NotTheAuthor(HiveSyncError):
    """A member asked for what only the author may do."""

    code = ErrorCode.FORBIDDEN


@dataclass(frozen=True, slots=True)
class Comments:
    """Comments of a project of which the user who asks is a member."""

    repository: CommentRepository
    audience: Audience
    activity: Activity
    now: datetime

    async def get(self, comment_id: str, project_id: str) -> CommentRow:
        """Give one, deleted or not, or raise `CommentUnknown`."""
        row = await self.repository.of_project(comment_id, project_id)
        if row is None:
            raise CommentUnknown
        return row

    async def living(self, comment_id: str, project_id: str) -> CommentRow:
        """Give one, or raise `CommentUnknown` or `CommentDeleted`."""
        row = await self.get(comment_id, project_id)
        if row.deleted_at is not None:
            raise CommentDeleted
        return row

    async def add(self, project: ProjectRow, author_id: str, body: CommentCreateBody) -> CommentRow:
        """Write a comment, and tell whom it concerns; raise `TaskMissing`."""
        target = body.target
        if target.task_id and await self.repository.task(target.task_id, project.id) is None:
            raise TaskMissing
        row = CommentRow(
            id=new_id(),
            project_id=project.id,
            author_id=author_id,
            kind=target.kind.value,
            task_id=target.task_id,
            path=target.path,
            line=target.line,
            commit=target.commit,
            sha256=target.sha256,
            body=body.body,
            created_at=self.now,
            edited_at=None,
            deleted_at=None,
        )
        await self.repository.add(row)
        self._note(row, author_id, Verb.CREATED)
        await self.audience.publish(row, EventType.COMMENT_ADDED)
        mentioned = await self.audience.tell_mentioned(project, row)
        await self.audience.tell_others(project, row, mentioned)
        return row

    async def edit(self, project: ProjectRow, row: CommentRow, user_id: str, body: str) -> None:
        """Change one's own comment, and tell who is newly mentioned; raise `NotTheAuthor`."""
        if row.author_id != user_id:
            raise NotTheAuthor("Only its author may change a comment.")
        if row.body == body:
            return
        row.body = body
        row.edited_at = self.now
        self._note(row, user_id, Verb.CHANGED)
        await self.audience.publish(row, EventType.COMMENT_CHANGED)
        await self.audience.tell_mentioned(project, row)

    async def delete(self, project: ProjectRow, row: CommentRow, user_id: str) -> None:
        """Empty one's own comment or, as the project's owner, anybody's; doing it twice is no error."""
        if user_id not in {row.author_id, project.owner_id}:
            raise NotTheAuthor("Only its author or the project's owner may delete a comment.")
        if row.deleted_at is not None:
            return
        row.body = ""
        row.deleted_at = self.now
        self._note(row, user_id, Verb.DELETED)
        await self.repository.forget_reactions(row.id)
        await self.audience.publish(row, EventType.COMMENT_DELETED)

    def _note(self, row: CommentRow, actor_id: str, verb: Verb) -> None:
        place: dict[str, str | None] = {}
        if row.path is not None:
            place = {"path": row.path, "line": str(row.line)}
        elif row.task_id is not None:
            place = {"task_id": row.task_id}
        self.activity.note(row.project_id, actor_id, verb, ActivityKind.COMMENT, row.id, place)

    async def set_star(self, row: CommentRow, user_id: str, starred: bool) -> CommentStars:
        """Star a comment or not, and give its stars; doing it twice is no error."""
        if await self.repository.set_star(row.id, user_id, starred):
            await self.audience.publish(row, EventType.COMMENT_CHANGED)
        return await self.stars(row, user_id)

    async def stars(self, row: CommentRow, user_id: str) -> CommentStars:
        """Give a comment's stars."""
        return (await self.repository.stars([row.id], user_id)).get(row.id, _NO_STARS)

    async def shapes(self, rows: Sequence[CommentRow], user_id: str, *, html: bool) -> dict[str, Comment]:
        """Give wire forms, by id, as this user sees them."""
        stars = await self.repository.stars([row.id for row in rows], user_id)
        names = await self.repository.names({row.author_id for row in rows if row.author_id})
        shapes = [
            comment_shape(row, names.get(row.author_id or ""), stars.get(row.id, _NO_STARS)) for row in rows
        ]
        if html:
            shapes = await asyncio.to_thread(_with_html, shapes)
        return {shape.id: shape for shape in shapes}

    async def shape(self, row: CommentRow, user_id: str, *, html: bool = False) -> Comment:
        """Give one wire form."""
        return (await self.shapes([row], user_id, html=html))[row.id]


def _with_html(comments: Sequence[Comment]) -> list[Comment]:
    return [replace(comment, body_html=safe_html(comment.body)) for comment in comments]


async def _comments(
    resources: ResourcesDep, transaction: TransactionDep, notifier: NotifierDep, activity: ActivityDep
) -> Comments:
    repository = CommentRepository(transaction.session)
    now = resources.clock()
    events = EventPublisher(transaction, resources.hub, now)
    team = TeamRepository(transaction.session)
    return Comments(repository, Audience(repository, team, events, notifier), activity, now)


CommentsDep = Annotated[Comments, service(_comments)]
