"""Tasks of a project, in its order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from hivesync_contract.pages import LIMIT_MAX
from hivesync_contract.tasks import (
    Task,
    TaskBatchResult,
    TaskCreate,
    TaskPosition,
    TaskStatus,
)

from hivesync._async._attachments import AsyncAttachments
from hivesync._async._resource import Resource
from hivesync._edits import TaskEdit
from hivesync._options import UNSET, Unset, given
from hivesync._paths import segment


class AsyncTasks(Resource):
    """`client.projects.tasks(project_id)`."""

    def list(
        self,
        *,
        status: TaskStatus | None = None,
        assignee: str | None = None,
        label: str | None = None,
        due_after: datetime | None = None,
        due_before: datetime | None = None,
        text: str | None = None,
        page_size: int = LIMIT_MAX,
    ) -> AsyncIterator[Task]:
        """Give the tasks that match; `assignee` is a user's id, `me` or `none`."""
        wanted = {
            "status": status,
            "assignee": assignee,
            "label": label,
            "due_after": due_after.isoformat() if due_after else None,
            "due_before": due_before.isoformat() if due_before else None,
            "text": text,
        }
        return self._items("", Task, wanted, page_size=page_size)

    async def get(self, task_id: str) -> Task:
        """Give one task."""
        return await self._decoded("GET", f"/{segment(task_id)}", Task)

    async def create(
        self,
        title: str,
        *,
        description: str = "",
        status: TaskStatus = TaskStatus.OPEN,
        assignee_id: str | None = None,
        label_ids: Sequence[str] = (),
        due_at: datetime | None = None,
        position: TaskPosition | None = None,
    ) -> Task:
        """Create a task; without `position` it goes to the end. May raise `OfflineQueued`."""
        body = TaskCreate(title, description, status, assignee_id, [*label_ids], due_at, position)
        return await self._decoded("POST", "", Task, body)

    async def update(
        self,
        task_id: str,
        *,
        title: str | Unset = UNSET,
        description: str | Unset = UNSET,
        status: TaskStatus | Unset = UNSET,
        assignee_id: str | Unset | None = UNSET,
        label_ids: Sequence[str] | Unset = UNSET,
        due_at: datetime | Unset | None = UNSET,
        position: TaskPosition | Unset = UNSET,
        if_match: str | None = None,
    ) -> Task:
        """Change what is given; None clears. May raise `OfflineQueued`, with `if_match` `Conflicting`."""
        edit = self.edit(
            task_id,
            title=title,
            description=description,
            status=status,
            assignee_id=assignee_id,
            label_ids=label_ids,
            due_at=due_at,
            position=position,
        )
        return await self._decoded("PATCH", f"/{segment(task_id)}", Task, edit.patch, if_match=if_match)

    def edit(
        self,
        task_id: str,
        *,
        title: str | Unset = UNSET,
        description: str | Unset = UNSET,
        status: TaskStatus | Unset = UNSET,
        assignee_id: str | Unset | None = UNSET,
        label_ids: Sequence[str] | Unset = UNSET,
        due_at: datetime | Unset | None = UNSET,
        position: TaskPosition | Unset = UNSET,
        if_match: str | None = None,
    ) -> TaskEdit:
        """Give a change for `update_many`, which sends it; the fields are those of `update`."""
        patch = given(
            title=title,
            description=description,
            status=status,
            assignee_id=assignee_id,
            label_ids=label_ids,
            due_at=due_at,
            position=position,
        )
        return TaskEdit(task_id, patch, if_match)

    async def update_many(self, edits: Sequence[TaskEdit]) -> Sequence[Task]:
        """Make up to 100 changes in their order, all of them or none; give the tasks as they now are."""
        body = {"changes": [*edits]}
        return (await self._decoded("POST", "/batch", TaskBatchResult, body)).items

    async def delete(self, task_id: str) -> None:
        """Delete a task with its comments and attachments."""
        await self._sent("DELETE", f"/{segment(task_id)}")

    async def add_dependency(self, task_id: str, other_id: str) -> Task:
        """Make a task wait for another; raise `Conflicting` for a cycle."""
        return await self._decoded("PUT", f"/{segment(task_id)}/dependencies/{segment(other_id)}", Task)

    async def remove_dependency(self, task_id: str, other_id: str) -> Task:
        """Take that back; doing it twice is no error."""
        return await self._decoded("DELETE", f"/{segment(task_id)}/dependencies/{segment(other_id)}", Task)

    def attachments(self, task_id: str) -> AsyncAttachments:
        """Give the files of a task."""
        return AsyncAttachments(self._router, f"{self._base}/{segment(task_id)}/attachments")
