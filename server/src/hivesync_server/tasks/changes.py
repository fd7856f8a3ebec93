"""What one change did to a task: by comparing the task with what it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hivesync_contract.activity import Verb
from hivesync_contract.tasks import Task, TaskStatus

_PLAIN_FIELDS = ("title", "description", "status", "label_ids", "due_at")

Step = tuple[Verb, dict[str, str | None]]


@dataclass(frozen=True, slots=True)
class Changed:
    """A task as it is and as it was (None: it is new), and the task before it in the order."""

    task: Task
    was: Task | None
    after: str | None

    @property
    def newly_assigned(self) -> str | None:
        """Give whom it was given to by this change."""
        before = self.was.assignee_id if self.was else None
        return self.task.assignee_id if self.task.assignee_id != before else None

    @property
    def newly_done(self) -> bool:
        was_open = self.was is not None and self.was.status is not TaskStatus.DONE
        return was_open and self.task.status is TaskStatus.DONE

    def story(self) -> list[Step]:
        """Give what the activity log says of it: at least one entry."""
        steps = list(self._steps(self.was)) if self.was else [self._step(Verb.CREATED)]
        if self.was is None and self.task.assignee_id:
            steps.append(self._step(Verb.ASSIGNED, assignee_id=self.task.assignee_id))
        # Nothing that is shown is different, so it went to another place.
        return steps or [self._step(Verb.MOVED)]

    def _steps(self, was: Task) -> Iterator[Step]:
        task = self.task
        changed = [name for name in _PLAIN_FIELDS if getattr(task, name) != getattr(was, name)]
        if "status" in changed and TaskStatus.DONE in (task.status, was.status):
            changed.remove("status")
            yield self._step(Verb.COMPLETED if self.newly_done else Verb.REOPENED)
        if changed:
            yield self._step(Verb.CHANGED, fields=", ".join(changed))
        if task.assignee_id != was.assignee_id:
            yield self._step(Verb.ASSIGNED, assignee_id=task.assignee_id)
        for other in sorted({*task.depends_on} - {*was.depends_on}):
            yield self._step(Verb.LINKED, depends_on=other)
        for other in sorted({*was.depends_on} - {*task.depends_on}):
            yield self._step(Verb.UNLINKED, depends_on=other)

    def _step(self, verb: Verb, **data: str | None) -> Step:
        return verb, {"title": self.task.title, **data}
