"""Tells a project's members that a file was attached to a task, or removed."""

from __future__ import annotations

from dataclasses import dataclass

from hivesync_contract.activity import ActivityKind, Verb
from hivesync_contract.events import AttachmentsEvent, EventType

from hivesync_server.activity.service import Activity
from hivesync_server.events.publisher import EventPublisher
from hivesync_server.tasks.attachments.tables import AttachmentRow
from hivesync_server.tasks.tables import TaskRow
from hivesync_server.team.repository import TeamRepository


@dataclass(frozen=True, slots=True)
class AttachmentNews:
    """What one user did. It stands in the log of the task, under its title of then."""

    actor_id: str
    team: TeamRepository
    events: EventPublisher
    activity: Activity

    async def tell(self, verb: Verb, task: TaskRow, row: AttachmentRow) -> None:
        data = {"title": task.title, "attachment_id": row.id, "name": row.name}
        self.activity.note(task.project_id, self.actor_id, verb, ActivityKind.TASK, task.id, data)
        members = await self.team.user_ids(task.project_id)
        event = AttachmentsEvent(task.project_id, task.id)
        await self.events.publish_to(members, EventType.ATTACHMENTS_CHANGED, event)
