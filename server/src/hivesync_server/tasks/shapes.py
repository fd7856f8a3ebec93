"""The wire forms of tasks and labels."""

from __future__ import annotations

from dataclasses import dataclass, field

from hivesync_contract.tasks import Label, Task, TaskStatus

from hivesync_server.tasks.tables import LabelRow, TaskRow


@dataclass(slots=True)
class StoredTask:
    """A task and what other tables say of it; both lists are sorted."""

    row: TaskRow
    label_ids: list[str] = field(default_factory=list)
    depends_on: list[str] = field(default_factory=list)


def task_shape(task: StoredTask) -> Task:
    """Give a task's wire form."""
    row = task.row
    return Task(
        id=row.id,
        project_id=row.project_id,
        title=row.title,
        description=row.description,
        status=TaskStatus(row.status),
        creator_id=row.creator_id,
        assignee_id=row.assignee_id,
        label_ids=list(task.label_ids),
        depends_on=list(task.depends_on),
        due_at=row.due_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
        completed_at=row.completed_at,
    )


def label_shape(row: LabelRow) -> Label:
    """Give a label's wire form."""
    return Label(row.id, row.project_id, row.name, row.color, row.created_at)
