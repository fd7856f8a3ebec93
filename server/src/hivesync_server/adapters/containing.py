"""Pages of a list's rows that contain a text, at the same cost however long the list is.

What many rows contain shows in the first ones of the list; what few contain is found by an index of
trigrams, which knows no order, so that it would cost more in every larger table to ask it for what many
contain. In between, a page holds less than it might, and more follow on the next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from hivesync_server.adapters.db import PLANNED_ANEW

LOOKED_AT = 1_000
"""So many rows are looked at one by one, whatever they contain."""

FEW = 3
"""If less of those contain the text, the index is asked for all that do."""

LOOKED_FURTHER = 3_000
"""If any of those do, so many are looked at before: in a large table the index may give thousands."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Found(Generic[Row]):
    """One page. `last`: the row after which the next one begins, if there is a next one."""

    rows: Sequence[Row]
    last: Row | None


def first_page(rows: Sequence[Row], limit: int) -> Found[Row]:
    """Give the page of `rows`, which must hold one more than `limit` when there is more."""
    shown = rows[:limit]
    return Found(shown, shown[-1] if len(rows) > limit else None)


def joined(first: ColumnElement[str], second: ColumnElement[str]) -> ColumnElement[str]:
    """Give two columns as one text, which has one index: to ask two takes twice as long.

    The line's end between them is no parameter: with one, the planner would not know the index's text again.
    """
    return first + literal_column("'\n'") + second


@dataclass(frozen=True, slots=True)
class Containing(Generic[Row]):
    """Those rows of a sorted list that contain a text.

    `contains` tells which do, and `order` repeats the list's order; both of the table or of a part of it.
    """

    table: type[Row]
    listed: Select[Row]
    order: Callable[[Any], Sequence[ColumnElement[Any]]]
    contains: Callable[[Any], ColumnElement[bool]]

    async def page(self, session: AsyncSession, limit: int) -> Found[Row]:
        """Give the next page: never empty if more follow."""
        for many in (LOOKED_AT, LOOKED_FURTHER):
            looked_at = aliased(self.table, self.listed.limit(many).subquery())
            query = self._sorted(looked_at).where(self.contains(looked_at))
            found = (await session.scalars(query.limit(limit + 1))).all()
            if len(found) > limit:
                return first_page(found, limit)
            last = await session.scalar(self.listed.offset(many - 1).limit(1))
            if last is None or len(found) >= FEW:
                return Found(found, last)
            if not found:
                break
        # A part of its own: else the planner may read the list in search of the first that fit.
        fitting = self.listed.order_by(None).where(self.contains(self.table)).cte("fitting")
        everywhere = aliased(self.table, fitting.prefix_with("MATERIALIZED", dialect="postgresql"))
        query = self._sorted(everywhere).limit(limit + 1).execution_options(**{PLANNED_ANEW: True})
        rows = (await session.scalars(query)).all()
        return first_page(rows, limit)

    def _sorted(self, part: Any) -> Select[Row]:
        chosen: Select[Row] = select(part).order_by(*self.order(part))
        return chosen
