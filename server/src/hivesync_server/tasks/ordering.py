"""The order of a project's tasks: whole numbers with room between them, so that a move changes one task.

Where the room is used up, the tasks around are spread anew; nobody sees it, since ranks are never shown. The
caller has locked the project, so two moves at once can't take the same place.
"""

from __future__ import annotations

from dataclasses import dataclass

from hivesync_contract.errors import ErrorCode, FieldError, HiveSyncError
from hivesync_contract.tasks import TaskPosition
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from hivesync_server.tasks.tables import TaskRow

STEP = 1 << 32
"""Between tasks that are added one after the other."""

ROOM = 1 << 16
"""The least that is left between tasks that were spread anew."""

_WINDOW = 64


class PlaceUnknown(HiveSyncError):
    """The task to put this one beside is none of the project's, or is itself."""

    code = ErrorCode.VALIDATION_ERROR


@dataclass(frozen=True, slots=True)
class Ordering:
    """Gives places in one project's order."""

    session: AsyncSession
    project_id: str

    async def end(self) -> int:
        """Give the rank after all others."""
        last = await self.session.scalar(self._ranks(func.max(TaskRow.rank)))
        return 0 if last is None else last + STEP

    async def place(self, position: TaskPosition, moved: TaskRow | None = None) -> int:
        """Give a rank right beside the named task, or raise `PlaceUnknown`. `moved` leaves its place."""
        field = "before" if position.before is not None else "after"
        beside = await self._rank_of(position.before or position.after, moved, field)
        lower, upper = await self._gap(beside, moved, field)
        if upper is None:
            return beside + STEP
        if lower is None:
            return beside - STEP
        if upper - lower < 2:
            upper = await self._make_room(lower)
        return (lower + upper) // 2

    async def before(self, row: TaskRow) -> str | None:
        """Give the id of the task that precedes this one."""
        query = select(TaskRow.id).where(TaskRow.project_id == self.project_id, TaskRow.rank < row.rank)
        return await self.session.scalar(query.order_by(TaskRow.rank.desc(), TaskRow.id.desc()).limit(1))

    async def _rank_of(self, task_id: str | None, moved: TaskRow | None, field: str) -> int:
        rank = await self.session.scalar(self._ranks(TaskRow.rank).where(TaskRow.id == task_id))
        if rank is None or (moved is not None and task_id == moved.id):
            error = FieldError(f"position.{field}", "must be another task of this project")
            raise PlaceUnknown("There is no such task to put this one beside.", errors=[error])
        return int(rank)

    async def _gap(self, beside: int, moved: TaskRow | None, field: str) -> tuple[int | None, int | None]:
        others = self._ranks(TaskRow.rank)
        if moved is not None:
            others = others.where(TaskRow.id != moved.id)
        if field == "before":
            below = others.where(TaskRow.rank < beside).order_by(TaskRow.rank.desc()).limit(1)
            return await self.session.scalar(below), beside
        above = others.where(TaskRow.rank > beside).order_by(TaskRow.rank).limit(1)
        return beside, await self.session.scalar(above)

    async def _make_room(self, lower: int) -> int:
        """Spread the tasks after `lower`, as few as will do; give the rank that now follows `lower`."""
        query = select(TaskRow).where(TaskRow.project_id == self.project_id, TaskRow.rank > lower)
        query = query.order_by(TaskRow.rank).options(load_only(TaskRow.rank))
        size = _WINDOW
        while True:
            rows = list(await self.session.scalars(query.limit(size)))
            # The last of a full window stays: it is what the others must keep before.
            end = lower + STEP * (len(rows) + 1) if len(rows) < size else rows.pop().rank
            step = (end - lower) // (len(rows) + 1)
            if step >= ROOM:
                break
            size *= 4
        for number, row in enumerate(rows, start=1):
            row.rank = lower + step * number
        await self.session.flush()
        return lower + step

    def _ranks(self, column: object) -> Select[int]:
        return select(column).where(TaskRow.project_id == self.project_id)  # type: ignore[call-overload,no-any-return]
