"""Search by a GIN index of Postgres over words and projects alike.

A GIN index gives all rows that fit, in no order, so what is common would cost more in every larger table. It
is asked last: what is common shows in the newest texts already, or in some more of them (how many, the share
that fits tells); only what is not is looked for in those of these weeks or, if it is rare (none of the newest
has it, or few of these weeks), in all. For the beginning of a word the index collects all rows that have one
such, so what has the words just as they were typed is looked for before, and what only begins with them where
that is little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hivesync_contract.search import SearchKind
from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Subquery,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    true,
    values,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.adapters.tables import Id
from hivesync_server.search.index import CANDIDATES, RECENT, Scope, Subject
from hivesync_server.search.tables import WORDS, SearchDocumentRow
from hivesync_server.search.terms import Word
from hivesync_server.search.upkeep import month_scope, project_scope

OFTEN = 20
"""If at least so many of the newest texts fit, a few thousand have enough: the index would give more."""

_SPARE = 1.3
_RECENT_OF_EACH = 20
_RARE, _COMMON = 0.01, 0.05
Part = Sequence[str]
"""A part of all texts: the words of months or of projects, of which each text has one."""

_SUBJECT = SearchDocumentRow.kind, SearchDocumentRow.subject_id
_WORDS: ColumnElement[Any] = literal_column(f"search_documents.{WORDS}").label(WORDS)
_WEEKS, _MONTH = timedelta(days=14), timedelta(days=28)
_MONTHS_NAMED = 3
_ENOUGH = CANDIDATES // 2
"""If so many were found, the older ones are not asked for: they may be as many as there are texts."""


@dataclass(frozen=True, slots=True)
class PostgresIndex:
    """See `SearchIndex`."""

    session: AsyncSession

    async def matching(self, words: Sequence[Word], scope: Scope) -> list[Subject]:
        """Give the newest that have all the words."""
        if set(scope.kinds) == {SearchKind.PROJECT}:
            themselves = select(*_SUBJECT).where(scope.projects_themselves(), _fits(_WORDS, _all_of(words)))
            return await self._newest(themselves, SearchDocumentRow.subject_id.expression)
        recent = await self._newest_of_recent(words, scope, RECENT)
        if OFTEN <= len(recent) < CANDIDATES:
            enough = RECENT * CANDIDATES / len(recent)
            recent = await self._newest_of_recent(words, scope, int(enough * _SPARE))
        if len(recent) == CANDIDATES:
            return recent
        weeks, everything = _months(scope, scope.now - _WEEKS), _everything(scope)
        # The index may leave out what only begins with a word.
        parts = [weeks, everything] if recent else [everything]
        found = {*recent, *(await self._by_index(words, scope, parts))}
        return sorted(found, key=lambda subject: subject[1], reverse=True)[:CANDIDATES]

    async def _by_index(self, words: Sequence[Word], scope: Scope, parts: Sequence[Part]) -> list[Subject]:
        whole = [replace(word, whole=True) for word in words]
        found = await self._newest_of_parts(whole, whole, scope, parts)
        if len(found) < _ENOUGH and whole != words:
            telling = await self._telling(words, _recent(scope, _WORDS).subquery())
            found = await self._newest_of_parts(words, telling, scope, parts)
        return found

    async def _newest_of_recent(self, words: Sequence[Word], scope: Scope, texts: int) -> list[Subject]:
        recent = _recent(scope, _WORDS, texts).subquery()
        query = select(recent.c.kind, recent.c.subject_id)
        query = query.where(_fits(recent.c[WORDS], _all_of(words)), *scope.conditions(recent.c))
        return await self._newest(query, recent.c.subject_id)

    async def _telling(self, words: Sequence[Word], recent: Subquery) -> list[Word]:
        """Give the words by whose beginnings the index is asked: the rare ones, if there are such."""
        counts = (func.count().filter(_fits(recent.c[WORDS], _all_of([word]))) for word in words)
        row = (await self.session.execute(select(func.count(), *counts).select_from(recent))).one()
        total, counted = row[0], dict(zip(words, row[1:], strict=True))
        for share in (_RARE, _COMMON):
            if rare := [word for word in words if counted[word] <= total * share]:
                return rare
        return [min(words, key=counted.__getitem__)]

    async def _newest_of_parts(
        self, words: Sequence[Word], telling: Sequence[Word], scope: Scope, parts: Sequence[Part]
    ) -> list[Subject]:
        """Look in part after part until enough is found; the index is asked by the `telling` words."""
        found: list[Subject] = []
        for part in parts:
            found = await self._newest_of(words, telling, scope, part)
            if len(found) >= _ENOUGH:
                break
        return found

    async def _newest_of(
        self, words: Sequence[Word], telling: Sequence[Word], scope: Scope, part: Part
    ) -> list[Subject]:
        where = " | ".join(f"'{place}'" for place in part)
        others = len(telling) < len(words)
        query = select(*_SUBJECT, *([_WORDS] if others else []))
        query = query.where(_fits(_WORDS, f"({where}) & {_all_of(telling)}"))
        query = query.where(*scope.conditions(SearchDocumentRow))
        # A part of its own: else the planner may look for the newest 100 by reading all there is.
        fitting = query.cte("fitting").prefix_with("MATERIALIZED", dialect="postgresql")
        chosen = select(fitting.c.kind, fitting.c.subject_id)
        if others:
            chosen = chosen.where(_fits(fitting.c[WORDS], _all_of(words)))
        return await self._newest(chosen, fitting.c.subject_id)

    async def recent_words(self, scope: Scope) -> dict[Subject, list[str]]:
        """Give the words of the newest texts and of the projects themselves."""
        recent = _recent(scope, SearchDocumentRow.terms).subquery()
        newest = select(recent.c.kind, recent.c.subject_id, recent.c.terms).where(*scope.conditions(recent.c))
        newest = newest.order_by(recent.c.subject_id.desc()).limit(RECENT)
        projects = select(*_SUBJECT, SearchDocumentRow.terms).where(scope.projects_themselves())
        found: dict[Subject, list[str]] = {}
        for query in (newest, projects):
            for kind, subject_id, words in await self.session.execute(query):
                found[kind, subject_id] = words
        return found

    async def _newest(self, query: Select[str, str], order: ColumnElement[str]) -> list[Subject]:
        rows = await self.session.execute(query.order_by(order.desc()).limit(CANDIDATES))
        return [(kind, subject_id) for kind, subject_id in rows]


def _recent(scope: Scope, wanted: Any, texts: int = 0) -> Select[Any]:
    """Select the newest texts of each project, by its part of an index: no table makes that longer.

    What else is asked of them is asked outside, else all of a project might be read to find enough.
    """
    each = max((texts or RECENT) // len(scope.project_ids), _RECENT_OF_EACH)
    project = values(column("id", Id), name="project").data([(one,) for one in scope.project_ids])
    newest = (
        select(*_SUBJECT, SearchDocumentRow.created_at, wanted)
        .where(SearchDocumentRow.project_id == project.c.id)
        .order_by(SearchDocumentRow.subject_id.desc())
        .limit(each)
        .lateral("newest")
    )
    return select(*newest.c).select_from(project.join(newest, true()))


def _all_of(words: Sequence[Word]) -> str:
    return " & ".join(f"'{word.text}'" if word.whole else f"'{word.text}':*" for word in words)


def _months(scope: Scope, since: datetime) -> Part:
    """Name the months of each project since then.

    Few: the index compares each text of them with all that is named.
    """
    steps = range((scope.now - since) // _MONTH + 1)
    moments = [since, *(scope.now - number * _MONTH for number in steps)]
    return sorted({month_scope(one, moment) for one in scope.project_ids for moment in moments})


def _everything(scope: Scope) -> Part:
    if scope.since is not None and scope.now - scope.since <= _MONTHS_NAMED * _MONTH:
        return _months(scope, scope.since)
    return [project_scope(one) for one in scope.project_ids]


def _fits(words: Any, wanted: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = words.op("@@")(cast(literal(wanted, String), TSQUERY))
    return found
