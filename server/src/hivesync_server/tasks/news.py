"""Tells a project's members what became of its tasks: events, notifications, and the activity log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hivesync_contract.activity import ActivityKind, Verb
from hivesync_contract.events import EventType, LabelsEvent, TaskDeletedEvent, TaskEvent
from hivesync_contract.notifications import NotificationType, SubjectKind
from hivesync_contract.tasks import Task

from hivesync_server.activity.service import Activity
from hivesync_server.auth.repository import UserRepository
from hivesync_server.events.publisher import EventPublisher
from hivesync_server.notifications.notifier import News, Notifier
from hivesync_server.tasks.changes import Changed
from hivesync_server.team.repository import TeamRepository


@dataclass(frozen=True, slots=True)
class TaskNews:
    """What one user did in one project."""

    project_id: str
    actor_id: str
    team: TeamRepository
    users: UserRepository
    events: EventPublisher
    notifier: Notifier
    activity: Activity

    async def changed(self, changes: Sequence[Changed]) -> None:
        """Tell of new and changed tasks.

        Events go first: they lock the event counters of all members, in their order, and notifications then
        need only counters that are locked already. The other way around two projects could deadlock.
        """
        members = await self.team.user_ids(self.project_id)
        for change in changes:
            event = TaskEvent(change.task, change.after)
            await self.events.publish_to(members, EventType.TASK_CHANGED, event)
        for change in changes:
            await self._notify(change, set(members))
            for verb, data in change.story():
                self._note(verb, ActivityKind.TASK, change.task.id, data)

    async def deleted(self, task_id: str, title: str) -> None:
        """Tell that a task is gone."""
        self._note(Verb.DELETED, ActivityKind.TASK, task_id, {"title": title})
        members = await self.team.user_ids(self.project_id)
        await self.events.publish_to(
            members, EventType.TASK_DELETED, TaskDeletedEvent(self.project_id, task_id)
        )

    async def label_changed(self, verb: Verb, label_id: str, name: str) -> None:
        """Tell what became of one of the project's labels."""
        self._note(verb, ActivityKind.LABEL, label_id, {"name": name})
        members = await self.team.user_ids(self.project_id)
        await self.events.publish_to(members, EventType.LABELS_CHANGED, LabelsEvent(self.project_id))

    def _note(self, verb: Verb, kind: ActivityKind, subject_id: str, data: dict[str, str | None]) -> None:
        self.activity.note(self.project_id, self.actor_id, verb, kind, subject_id, data)

    async def _notify(self, change: Changed, members: set[str]) -> None:
        task = change.task
        if change.newly_assigned:
            news = await self._news(NotificationType.TASK_ASSIGNED, "assigned you", task)
            await self.notifier.tell(members & {change.newly_assigned}, news)
        if change.newly_done:
            # Of those who left the project nobody is told.
            told = {user_id for user_id in (task.creator_id, task.assignee_id) if user_id in members}
            news = await self._news(NotificationType.TASK_COMPLETED, "completed", task)
            await self.notifier.tell(told, news)

    async def _news(self, kind: NotificationType, did: str, task: Task) -> News:
        actor = await self.users.by_id(self.actor_id)
        name = actor.username if actor else "Someone"
        text = f"{name} {did} the task “{task.title}”"
        return News(kind, text, SubjectKind.TASK, task.id, self.project_id, self.actor_id)
