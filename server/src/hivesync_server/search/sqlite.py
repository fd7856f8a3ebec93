"""Search by FTS5 of SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, String, column, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.search.index import CANDIDATES, RECENT, Scope, Subject
from hivesync_server.search.tables import WORDS_TABLE, SearchDocumentRow
from hivesync_server.search.terms import Word

_WORDS = table(WORDS_TABLE, column("rowid"), column(WORDS_TABLE, String))

_SUBJECT = SearchDocumentRow.kind, SearchDocumentRow.subject_id


@dataclass(frozen=True, slots=True)
class SqliteIndex:
    """See `SearchIndex`."""

    session: AsyncSession

    async def matching(self, words: Sequence[Word], scope: Scope) -> list[Subject]:
        """Give the newest that have all the words."""
        wanted = " AND ".join(f'"{word.text}"' if word.whole else f'"{word.text}"*' for word in words)
        query = _subjects(scope).join(_WORDS, _WORDS.c.rowid == SearchDocumentRow.number)
        query = query.where(_WORDS.c[WORDS_TABLE].op("MATCH")(wanted)).limit(CANDIDATES)
        return [(kind, subject_id) for kind, subject_id in await self.session.execute(query)]

    async def recent_words(self, scope: Scope) -> dict[Subject, list[str]]:
        """Give the words of the newest texts and of the projects themselves."""
        words = SearchDocumentRow.terms
        projects = select(*_SUBJECT, words).where(scope.projects_themselves())
        found: dict[Subject, list[str]] = {}
        for query in (_subjects(scope).add_columns(words).limit(RECENT), projects):
            for kind, subject_id, stored in await self.session.execute(query):
                found[kind, subject_id] = stored
        return found


def _subjects(scope: Scope) -> Select[str, str]:
    query = select(*_SUBJECT).where(SearchDocumentRow.project_id.in_(scope.project_ids))
    query = query.where(*scope.conditions(SearchDocumentRow))
    return query.order_by(SearchDocumentRow.subject_id.desc())
