"""What a user finds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from hivesync_server.resources import TransactionDep
from hivesync_server.search.index import CANDIDATES, Scope, SearchIndex, Subject
from hivesync_server.search.postgres import PostgresIndex
from hivesync_server.search.ranking import Query, Ranked
from hivesync_server.search.repository import SearchRepository
from hivesync_server.search.sqlite import SqliteIndex
from hivesync_server.search.terms import Word
from hivesync_server.search.typos import meant
from hivesync_server.services import service

_FEW = 5
"""With less than this found, words may have been mistyped."""


@dataclass(frozen=True, slots=True)
class Search:
    """Search within one transaction."""

    repository: SearchRepository
    index: SearchIndex

    async def find(self, words: Sequence[Word], scope: Scope) -> list[Ranked]:
        """Give what has all the words, best first; if that is little, what has similar ones after it."""
        if not words or not scope.project_ids:
            return []
        subjects = await self.index.matching(words, scope)
        ranked = await self._ranked(Query(words, {}), subjects)
        if len(subjects) >= _FEW:
            return ranked
        recent = await self.index.recent_words(scope)
        query, similar = await asyncio.to_thread(_similar, words, recent)
        known = set(subjects)
        return ranked + await self._ranked(query, [one for one in similar if one not in known])

    async def _ranked(self, query: Query, subjects: Sequence[Subject]) -> list[Ranked]:
        if not subjects:
            return []
        return await asyncio.to_thread(query.rank, await self.repository.candidates(subjects))


def _similar(words: Sequence[Word], recent: Mapping[Subject, Sequence[str]]) -> tuple[Query, list[Subject]]:
    """Give the newest texts that have each word, or what it may have meant."""
    vocabulary = {stored for stored_words in recent.values() for stored in stored_words}
    similar = {word: meant(word, vocabulary) for word in words}
    fitting = {word: similar[word] | {stored for stored in vocabulary if word.fits(stored)} for word in words}
    found = [
        subject
        for subject, stored in recent.items()
        if all(not fitting[word].isdisjoint(stored) for word in words)
    ]
    return Query(words, similar), found[:CANDIDATES]


async def _search(transaction: TransactionDep) -> Search:
    session = transaction.session
    postgres = session.get_bind().dialect.name == "postgresql"
    return Search(SearchRepository(session), PostgresIndex(session) if postgres else SqliteIndex(session))


SearchDep = Annotated[Search, service(_search)]
