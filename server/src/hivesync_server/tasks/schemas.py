"""Limits on what tasks and labels take; the shapes themselves are the contract's."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from hivesync_contract.tasks import (
    LabelCreate,
    TaskBatch,
    TaskChange,
    TaskCreate,
    TaskPatch,
    TaskPosition,
    TaskStatus,
)
from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from hivesync_server.http.fields import STRICT, GivenId, Line, Moment, Prose

LABELS_PER_TASK = 20
BATCH_MAX = 100

Title = Annotated[Line, Field(min_length=1, max_length=200)]
Description = Annotated[Prose, Field(max_length=10_000)]
LabelIds = Annotated[
    list[GivenId], Field(max_length=LABELS_PER_TASK), AfterValidator(lambda ids: sorted(set(ids)))
]
LabelName = Annotated[Line, Field(min_length=1, max_length=50)]
Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$"), AfterValidator(str.lower)]


@dataclass(frozen=True, slots=True, config=STRICT)
class TaskPositionBody(TaskPosition):
    """A place in the order."""

    before: GivenId | None = None
    after: GivenId | None = None

    def __post_init__(self) -> None:
        if (self.before is None) == (self.after is None):
            raise ValueError("give either `before` or `after`")


@dataclass(frozen=True, slots=True, config=STRICT)
class TaskCreateBody(TaskCreate):
    """Body of `POST …/tasks`."""

    title: Title
    description: Description = ""
    status: TaskStatus = TaskStatus.OPEN
    assignee_id: GivenId | None = None
    label_ids: LabelIds = Field(default_factory=list)
    due_at: Moment | None = None
    position: TaskPositionBody | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class TaskPatchBody(TaskPatch):
    """Body of `PATCH …/tasks/{id}`."""

    title: Title | None = None
    description: Description | None = None
    status: TaskStatus | None = None
    assignee_id: GivenId | None = None
    label_ids: LabelIds | None = None
    due_at: Moment | None = None
    position: TaskPositionBody | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class TaskChangeBody(TaskChange):
    """One change of a batch."""

    id: GivenId
    patch: TaskPatchBody
    if_match: Annotated[str, Field(max_length=255)] | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class TaskBatchBody(TaskBatch):
    """Body of `POST …/tasks/batch`."""

    changes: Annotated[list[TaskChangeBody], Field(min_length=1, max_length=BATCH_MAX)]  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if len({change.id for change in self.changes}) < len(self.changes):
            raise ValueError("a task is named twice; put its changes together")


@dataclass(frozen=True, slots=True, config=STRICT)
class LabelCreateBody(LabelCreate):
    """Body of `POST …/labels`."""

    name: LabelName
    color: Color = "#808080"


@dataclass(frozen=True, slots=True, config=STRICT)
class LabelPatch:
    """Body of `PATCH …/labels/{id}`, a JSON Merge Patch. Neither field can be cleared."""

    name: LabelName | None = None
    color: Color | None = None


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks are asked for. Chosen by due date they come in its order, else in the project's.

    `assignee` is the id of a user, or `NOBODY`.
    """

    status: TaskStatus | None = None
    assignee: str | None = None
    label_id: str | None = None
    due_after: datetime | None = None
    due_before: datetime | None = None
    text: str | None = None

    @property
    def by_due_date(self) -> bool:
        return self.due_after is not None or self.due_before is not None


NOBODY = "none"
"""Filters tasks that nobody has taken."""
