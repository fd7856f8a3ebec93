"""Tasks of a project, and the labels that sort them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class TaskStatus(StrEnum):
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a project. `color`: `#rrggbb`, in lower case."""

    id: str
    project_id: str
    name: str
    color: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LabelCreate:
    """`POST …/labels`. `name`: 1–50 characters; in a project no two differ by case alone."""

    name: str
    color: str = "#808080"


@dataclass(frozen=True, slots=True)
class Task:
    """A task. `description` is Markdown as it was typed: whoever shows it must make it safe.

    `creator_id` is null once that account is gone; `label_ids` and `depends_on` are sorted by id.
    """

    id: str
    project_id: str
    title: str
    description: str
    status: TaskStatus
    creator_id: str | None
    assignee_id: str | None
    label_ids: list[str]
    depends_on: list[str]
    due_at: datetime | None
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskPosition:
    """A place in the project's order: right before, or right after, another task. Exactly one is given."""

    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class TaskCreate:
    """`POST …/tasks`. `title`: 1–200 characters. Without `position` it goes to the end."""

    title: str
    description: str = ""
    status: TaskStatus = TaskStatus.OPEN
    assignee_id: str | None = None
    label_ids: list[str] = field(default_factory=list)
    due_at: datetime | None = None
    position: TaskPosition | None = None


@dataclass(frozen=True, slots=True)
class TaskPatch:
    """`PATCH …/tasks/{id}`, a JSON Merge Patch: what is absent stays, null clears."""

    title: str | None = None
    description: str | None = None
    status: TaskStatus | None = None
    assignee_id: str | None = None
    label_ids: list[str] | None = None
    due_at: datetime | None = None
    position: TaskPosition | None = None


@dataclass(frozen=True, slots=True)
class TaskChange:
    """One change of a batch. `if_match`: the task's `ETag` as last seen; outdated, it refuses the batch."""

    id: str
    patch: TaskPatch
    if_match: str | None = None


@dataclass(frozen=True, slots=True)
class TaskBatch:
    """`POST …/tasks/batch`: up to 100 changes of different tasks, in their order; all are made, or none."""

    changes: list[TaskChange]


@dataclass(frozen=True, slots=True)
class TaskBatchResult:
    """The tasks as they now are, one for each change and in the same order."""

    items: list[Task]
