"""Queries on tasks. Each takes the project, whose row the caller has locked before a change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.tasks.shapes import StoredTask
from hivesync_server.tasks.tables import TaskDependencyRow, TaskLabelRow, TaskRow


@dataclass(frozen=True, slots=True)
class TaskRepository:
    """Tasks of one project."""

    session: AsyncSession
    project_id: str

    async def add(self, row: TaskRow) -> None:
        self.session.add(row)
        await self.session.flush()

    async def get(self, task_id: str) -> TaskRow | None:
        return await self.session.scalar(self._tasks().where(TaskRow.id == task_id))

    async def some(self, task_ids: Collection[str]) -> dict[str, TaskRow]:
        """Give those of `task_ids` that the project has."""
        rows = await self.session.scalars(self._tasks().where(TaskRow.id.in_(task_ids)))
        return {row.id: row for row in rows}

    async def stored(self, rows: Sequence[TaskRow]) -> list[StoredTask]:
        """Add what other tables say of these tasks."""
        tasks = {row.id: StoredTask(row) for row in rows}
        labels = select(TaskLabelRow.task_id, TaskLabelRow.label_id).where(TaskLabelRow.task_id.in_(tasks))
        for task_id, label_id in await self.session.execute(labels.order_by(TaskLabelRow.label_id)):
            tasks[task_id].label_ids.append(label_id)
        needed = select(TaskDependencyRow.task_id, TaskDependencyRow.depends_on_id)
        needed = needed.where(TaskDependencyRow.task_id.in_(tasks)).order_by(TaskDependencyRow.depends_on_id)
        for task_id, other_id in await self.session.execute(needed):
            tasks[task_id].depends_on.append(other_id)
        return list(tasks.values())

    async def delete(self, row: TaskRow) -> None:
        await self.session.delete(row)
        await self.session.flush()

    async def set_labels(self, row: TaskRow, label_ids: Iterable[str]) -> None:
        """Give the task these labels and no others."""
        await self.session.flush()
        await self.session.execute(delete(TaskLabelRow).where(TaskLabelRow.task_id == row.id))
        links = [{"task_id": row.id, "label_id": label_id, "rank": row.rank} for label_id in label_ids]
        if links:
            await self.session.execute(insert(TaskLabelRow), links)

    async def depends(self, task_id: str, other_id: str) -> bool:
        """Tell whether a task depends on another one, directly or through others."""
        reached = select(TaskDependencyRow.depends_on_id.label("id"))
        reached_tasks = reached.where(TaskDependencyRow.task_id == task_id).cte(recursive=True)
        # A union drops what was reached before, so this ends whatever the shape.
        further = reached.join(reached_tasks, TaskDependencyRow.task_id == reached_tasks.c.id)
        all_reached = reached_tasks.union(further)
        found = select(func.count()).select_from(all_reached).where(all_reached.c.id == other_id)
        return bool(await self.session.scalar(found))

    async def add_dependency(self, task_id: str, other_id: str) -> None:
        await self.session.execute(insert(TaskDependencyRow).values(task_id=task_id, depends_on_id=other_id))

    async def remove_dependency(self, task_id: str, other_id: str) -> None:
        link = TaskDependencyRow.task_id == task_id, TaskDependencyRow.depends_on_id == other_id
        await self.session.execute(delete(TaskDependencyRow).where(*link))

    async def unassign(self, user_id: str) -> None:
        """Take all of a user's tasks in the project from them: they leave it."""
        mine = TaskRow.project_id == self.project_id, TaskRow.assignee_id == user_id
        await self.session.execute(update(TaskRow).where(*mine).values(assignee_id=None))

    def _tasks(self) -> Select[TaskRow]:
        return select(TaskRow).where(TaskRow.project_id == self.project_id)
