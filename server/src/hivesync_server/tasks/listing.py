"""Lists of tasks: filters, order, and cursors that hold while tasks move."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query
from hivesync_contract.pages import LIMIT_DEFAULT, LIMIT_MAX
from hivesync_contract.tasks import TaskStatus
from sqlalchemy import BigInteger, ColumnElement, Select, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.adapters.containing import Containing, Found, first_page, joined
from hivesync_server.adapters.tables import Id, UtcTime
from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.http.fields import GivenId, Moment, Prose
from hivesync_server.http.pagination import cursor_invalid
from hivesync_server.tasks.schemas import NOBODY, TaskFilter
from hivesync_server.tasks.tables import TaskLabelRow, TaskRow

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class After:
    """The place in a list where the next page begins: the last task seen, and its rank or due date then."""

    value: int
    task_id: str

    def wrap(self) -> str:
        """Give the cursor."""
        raw = UUID(self.task_id).bytes + self.value.to_bytes(8, "big", signed=True)
        return base64.urlsafe_b64encode(raw).decode()

    @classmethod
    def unwrap(cls, cursor: str) -> After:
        """Read a cursor, or raise `CursorInvalid`."""
        try:
            raw = base64.b64decode(cursor, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise cursor_invalid() from error
        if len(raw) != 24:
            raise cursor_invalid()
        return cls(int.from_bytes(raw[16:], "big", signed=True), str(UUID(bytes=raw[:16])))


@dataclass(frozen=True, slots=True)
class TaskListing:
    """One page of a project's tasks, as asked for."""

    wanted: TaskFilter
    limit: int
    after: After | None

    async def page(self, session: AsyncSession, project_id: str) -> Found[TaskRow]:
        """Give the page, and the task after which the next one begins."""
        query = self._query(project_id)
        if self.wanted.text:
            return await Containing(TaskRow, query, self._order, self._contains).page(session, self.limit)
        return first_page((await session.scalars(query.limit(self.limit + 1))).all(), self.limit)

    def _query(self, project_id: str) -> Select[TaskRow]:
        """Select the tasks from this page on. Filter and order are served by one index each."""
        query = select(TaskRow).where(TaskRow.project_id == project_id, *self._conditions())
        order = self._order(TaskRow)
        if self.wanted.label_id is not None:
            query = query.join(TaskLabelRow, TaskLabelRow.task_id == TaskRow.id)
            query = query.where(TaskLabelRow.label_id == self.wanted.label_id)
            if not self.wanted.by_due_date:
                order = TaskLabelRow.rank.expression, TaskLabelRow.task_id.expression
        if self.after is not None:
            query = query.where(
                tuple_(*order) > tuple_(self._value(self.after), literal(self.after.task_id, Id))
            )
        return query.order_by(*order)

    def _order(self, tasks: Any) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        first = tasks.due_at if self.wanted.by_due_date else tasks.rank
        return first.expression, tasks.id.expression

    def _contains(self, tasks: Any) -> ColumnElement[bool]:
        return joined(tasks.title, tasks.description).icontains(self.wanted.text, autoescape=True)

    def end(self, row: TaskRow) -> After:
        """Give the place right after a task of this list."""
        if self.wanted.by_due_date and row.due_at is not None:
            return After((row.due_at - _EPOCH) // _MICROSECOND, row.id)
        return After(row.rank, row.id)

    def _value(self, after: After) -> ColumnElement[Any]:
        if not self.wanted.by_due_date:
            return literal(after.value, BigInteger)
        try:
            return literal(_EPOCH + after.value * _MICROSECOND, UtcTime)
        except OverflowError as error:
            raise cursor_invalid() from error

    def _conditions(self) -> list[ColumnElement[bool]]:
        wanted, found = self.wanted, []
        if wanted.status is not None:
            found.append(TaskRow.status == wanted.status.value)
        if wanted.assignee is not None:
            assignee = None if wanted.assignee == NOBODY else wanted.assignee
            # `= NULL` becomes `IS NULL` here.
            found.append(TaskRow.assignee_id == assignee)
        if wanted.due_after is not None:
            found.append(TaskRow.due_at >= wanted.due_after)
        if wanted.due_before is not None:
            found.append(TaskRow.due_at < wanted.due_before)
        return found


async def _listing(
    principal: CurrentPrincipal,
    status: TaskStatus | None = None,
    assignee: Literal["me", "none"] | GivenId | None = None,
    label: GivenId | None = None,
    due_after: Moment | None = None,
    due_before: Moment | None = None,
    text: Annotated[Prose | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = LIMIT_DEFAULT,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> TaskListing:
    wanted = TaskFilter(
        status=status,
        assignee=principal.user_id if assignee == "me" else assignee,
        label_id=label,
        due_after=due_after,
        due_before=due_before,
        text=text,
    )
    return TaskListing(wanted, limit, After.unwrap(cursor) if cursor else None)


ListingQuery = Annotated[TaskListing, Depends(_listing)]
