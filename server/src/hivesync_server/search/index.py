"""The index of search: which texts have which words. Each database has its own; what it gives is the same."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from hivesync_contract.search import SearchKind
from sqlalchemy import ColumnElement, and_

from hivesync_server.search.tables import SearchDocumentRow
from hivesync_server.search.terms import Word

CANDIDATES = 100
"""Of so many that fit, the newest, the best come first; further ones are not shown."""

RECENT = 1_000
"""So many of the newest texts can be looked at one by one."""

Subject = tuple[str, str]
"""Kind and id of something that can be found."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where is searched: in which projects (at least one), for which kinds, and since when.

    `now` decides nothing but what is looked at first.
    """

    project_ids: Sequence[str]
    kinds: Collection[SearchKind]
    since: datetime | None
    now: datetime

    def conditions(self, document: Any) -> list[ColumnElement[bool]]:
        """Give what a document must fulfil, apart from its project; `document` has the columns."""
        found: list[ColumnElement[bool]] = []
        if len(self.kinds) < len(SearchKind):
            found.append(document.kind.in_(sorted(self.kinds)))
        if self.since is not None:
            found.append(document.created_at >= self.since)
        return found

    def projects_themselves(self) -> ColumnElement[bool]:
        """Choose the documents of the projects: few, and soon older than most of what is in them."""
        return and_(
            SearchDocumentRow.project_id.in_(self.project_ids),
            # Both by value: to compare two columns, all of the projects would have to be read.
            SearchDocumentRow.subject_id.in_(self.project_ids),
            *self.conditions(SearchDocumentRow),
        )


class SearchIndex(Protocol):
    """What search asks of a database."""

    async def matching(self, words: Sequence[Word], scope: Scope) -> list[Subject]:
        """Give the `CANDIDATES` newest that have all the words, newest first."""
        ...

    async def recent_words(self, scope: Scope) -> dict[Subject, list[str]]:
        """Give the words of the newest texts, newest first, and those of the projects themselves."""
        ...
