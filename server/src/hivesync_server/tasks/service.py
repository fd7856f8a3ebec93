"""What a member can do with a project's tasks, within one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hivesync_contract.errors import ErrorCode, FieldError, HiveSyncError
from hivesync_contract.tasks import Task, TaskStatus

from hivesync_server.adapters.ids import new_id
from hivesync_server.http.conditional import check_match
from hivesync_server.projects.service import PatchInvalid
from hivesync_server.tasks.changes import Changed
from hivesync_server.tasks.labels.repository import LabelRepository
from hivesync_server.tasks.news import TaskNews
from hivesync_server.tasks.ordering import Ordering
from hivesync_server.tasks.repository import TaskRepository
from hivesync_server.tasks.schemas import TaskCreateBody
from hivesync_server.tasks.shapes import StoredTask, task_shape
from hivesync_server.tasks.tables import TaskRow

DEPENDENCIES_MAX = 50


class TaskUnknown(HiveSyncError):
    """The project has no such task."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such task.")


class TaskInvalid(HiveSyncError):
    """A field names what the project doesn't have."""

    code = ErrorCode.VALIDATION_ERROR


class DependencyRefused(HiveSyncError):
    """Tasks would wait for each other, or one for too many."""

    code = ErrorCode.CONFLICT


@dataclass(frozen=True, slots=True)
class Edit:
    """One task's change: the fields that a merge patch names, and the tag that the task must still have."""

    task_id: str
    fields: Mapping[str, Any]
    if_match: str | None


@dataclass(frozen=True, slots=True)
class Tasks:
    """Tasks of one project, for one member. Before a change the caller locks the project."""

    repository: TaskRepository
    labels: LabelRepository
    ordering: Ordering
    news: TaskNews
    now: datetime

    async def get(self, task_id: str) -> StoredTask:
        """Give a task, or raise `TaskUnknown`."""
        row = await self.repository.get(task_id)
        if row is None:
            raise TaskUnknown
        return (await self.repository.stored([row]))[0]

    async def create(self, body: TaskCreateBody) -> Task:
        """Make a task."""
        await self._check_assignee(body.assignee_id)
        await self._check_labels(body.label_ids)
        place = await self.ordering.place(body.position) if body.position else await self.ordering.end()
        row = TaskRow(
            id=new_id(),
            project_id=self.repository.project_id,
            title=body.title,
            description=body.description,
            creator_id=self.news.actor_id,
            assignee_id=body.assignee_id,
            rank=place,
            due_at=body.due_at,
            created_at=self.now,
            updated_at=self.now,
        )
        self._set_status(row, body.status)
        await self.repository.add(row)
        await self.repository.set_labels(row, body.label_ids)
        return await self._announced(StoredTask(row, list(body.label_ids)), None)

    async def edit(self, edits: Sequence[Edit]) -> list[Task]:
        """Make all of these changes and give the tasks as they then are; after an error none is made."""
        rows = await self.repository.some([edit.task_id for edit in edits])
        tasks = {task.row.id: task for task in await self.repository.stored(list(rows.values()))}
        done = []
        for number, edit in enumerate(edits):
            try:
                if edit.task_id not in tasks:
                    raise TaskUnknown
                done.append(await self._edit(tasks[edit.task_id], edit))
            except HiveSyncError as error:
                if len(edits) > 1:
                    _name_change(error, number)
                raise
        await self.news.changed([change for change in done if change.task != change.was])
        return [change.task for change in done]

    async def delete(self, task_id: str) -> None:
        """Delete a task; nothing depends on it any more."""
        row = (await self.get(task_id)).row
        await self.repository.delete(row)
        await self.news.deleted(task_id, row.title)

    async def add_dependency(self, task_id: str, other_id: str) -> Task:
        """Let a task wait for another one, or raise `DependencyRefused`; doing it twice is no error."""
        task, _ = await self.get(task_id), await self.get(other_id)
        was = task_shape(task)
        if other_id in task.depends_on:
            return was
        if task_id == other_id:
            raise DependencyRefused("A task can't wait for itself.")
        if await self.repository.depends(other_id, task_id):
            raise DependencyRefused("The tasks would wait for each other; remove the other dependency first.")
        if len(task.depends_on) >= DEPENDENCIES_MAX:
            raise DependencyRefused(f"A task can depend on {DEPENDENCIES_MAX} others and no more.")
        await self.repository.add_dependency(task_id, other_id)
        task.depends_on = sorted([*task.depends_on, other_id])
        task.row.updated_at = self.now
        return await self._announced(task, was)

    async def remove_dependency(self, task_id: str, other_id: str) -> Task:
        """Let a task no longer wait for another one; one that it didn't wait for is no error."""
        task = await self.get(task_id)
        was = task_shape(task)
        if other_id not in task.depends_on:
            return was
        await self.repository.remove_dependency(task_id, other_id)
        task.depends_on.remove(other_id)
        task.row.updated_at = self.now
        return await self._announced(task, was)

    async def _announced(self, task: StoredTask, was: Task | None) -> Task:
        shape = task_shape(task)
        await self.news.changed([Changed(shape, was, await self.ordering.before(task.row))])
        return shape

    async def _edit(self, task: StoredTask, edit: Edit) -> Changed:
        was = task_shape(task)
        check_match(edit.if_match, was)
        row, fields = task.row, edit.fields
        for name in ("title", "status", "position"):
            if name in fields and fields[name] is None:
                raise PatchInvalid(f"A task needs a {name}.", errors=[FieldError(name, "must not be null")])
        if "assignee_id" in fields and fields["assignee_id"] != row.assignee_id:
            await self._check_assignee(fields["assignee_id"])
            row.assignee_id = fields["assignee_id"]
        if "position" in fields:
            row.rank = await self.ordering.place(fields["position"], row)
        if "label_ids" in fields:
            task.label_ids = list(fields["label_ids"] or [])
            await self._check_labels(task.label_ids)
            await self.repository.set_labels(row, task.label_ids)
        if "status" in fields:
            self._set_status(row, fields["status"])
        row.title = fields.get("title", row.title)
        row.description = fields.get("description", row.description) or ""
        row.due_at = fields.get("due_at", row.due_at)
        if task_shape(task) != was or "position" in fields:
            row.updated_at = self.now
        return Changed(task_shape(task), was, await self.ordering.before(row))

    def _set_status(self, row: TaskRow, status: TaskStatus) -> None:
        if status.value == row.status:
            return
        row.status = status.value
        row.completed_at = self.now if status is TaskStatus.DONE else None

    async def _check_assignee(self, user_id: str | None) -> None:
        if user_id is None or await self.news.team.is_member(self.repository.project_id, user_id):
            return
        error = FieldError("assignee_id", "is no member of this project")
        raise TaskInvalid("A task can be assigned to members of its project only.", errors=[error])

    async def _check_labels(self, label_ids: Sequence[str]) -> None:
        unknown = set(label_ids) - await self.labels.known(label_ids)
        if unknown:
            error = FieldError("label_ids", f"{min(unknown)} is no label of this project")
            raise TaskInvalid("A task can have labels of its project only.", errors=[error])


def _name_change(error: HiveSyncError, number: int) -> None:
    """Say which change of a batch was refused."""
    place = f"changes.{number}"
    error.detail = f"Nothing was changed, because of change {number}: {error.detail}"
    inner = [FieldError(f"{place}.patch.{field.field}", field.message) for field in error.errors]
    error.errors = inner or [FieldError(place, "is refused")]
