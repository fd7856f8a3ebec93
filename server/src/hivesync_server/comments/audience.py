"""Who learns of a comment: all members by an event, and by a notification those whom it concerns.

Events go first, and to users in the order of their ids: that locks all counters that the notifications need
later, so two comments at once can't wait for each other. A notification does not repeat what was said: it
would outlive the comment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from hivesync_contract.comments import CommentEvent, CommentTargetKind
from hivesync_contract.events import EventType
from hivesync_contract.notifications import NotificationType, SubjectKind

from hivesync_server.comments.markdown import mentioned
from hivesync_server.comments.repository import CommentRepository, Thread
from hivesync_server.comments.shapes import target_shape
from hivesync_server.comments.tables import CommentRow
from hivesync_server.events.publisher import EventPublisher
from hivesync_server.notifications.notifier import News, Notifier
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.tasks.tables import TaskRow
from hivesync_server.team.repository import TeamRepository


@dataclass(frozen=True, slots=True)
class Audience:
    """Tells them, within the transaction of the comment."""

    repository: CommentRepository
    team: TeamRepository
    events: EventPublisher
    notifier: Notifier

    async def publish(self, row: CommentRow, kind: EventType) -> None:
        """Tell the programs of all members."""
        event = CommentEvent(row.id, row.project_id, target_shape(row))
        await self.events.publish_to(await self.team.user_ids(row.project_id), kind, event)

    async def tell_mentioned(self, project: ProjectRow, row: CommentRow) -> set[str]:
        """Tell the members whom the comment mentions and who don't know it yet; give their ids."""
        names = await asyncio.to_thread(mentioned, row.body)
        if not names:
            return set()
        found = await self.repository.members_named(project.id, names)
        new = found - await self.repository.mentioned(row.id)
        self.repository.add_mentions(row.id, new)
        await self._tell(
            new, NotificationType.MENTION, "{author} mentioned you in a comment on {place}", project, row
        )
        return new

    async def tell_others(self, project: ProjectRow, row: CommentRow, but: Collection[str]) -> None:
        """Tell the thread's earlier authors, as far as they are members, and whose affair it is.

        A task is the affair of who made it and who has it, anything else that of the project's owner.
        """
        thread = Thread(CommentTargetKind(row.kind), row.path, row.line, row.task_id)
        task = await self._task(row)
        responsible = {task.creator_id, task.assignee_id} if task else {project.owner_id}
        concerned = await self.repository.taking_part(project.id, thread) | responsible
        members = set(await self.team.user_ids(project.id))
        await self._tell(
            (members & concerned) - set(but),
            NotificationType.COMMENT_ADDED,
            "{author} commented on {place}",
            project,
            row,
        )

    async def _tell(
        self,
        user_ids: Collection[str],
        kind: NotificationType,
        text: str,
        project: ProjectRow,
        row: CommentRow,
    ) -> None:
        if not user_ids or row.author_id is None:
            return
        author = (await self.repository.names([row.author_id]))[row.author_id]
        place = project.name
        if row.path is not None:
            place = f"{row.path}:{row.line} in {project.name}"
        elif task := await self._task(row):
            place = f"the task “{task.title}”"
        news = News(
            kind,
            text.format(author=author, place=place),
            SubjectKind.COMMENT,
            subject_id=row.id,
            project_id=project.id,
            actor_id=row.author_id,
        )
        await self.notifier.tell(user_ids, news)

    async def _task(self, row: CommentRow) -> TaskRow | None:
        return await self.repository.task(row.task_id, row.project_id) if row.task_id else None
