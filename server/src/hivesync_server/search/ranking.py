"""Puts what was found into an order, and picks what to show of it: the same on every database.

Words weigh more in a title than in a text, and more as they were typed than as a beginning. Nothing else
counts, so a thing's rank never depends on what else there is, and pages hold while others write.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from hivesync_contract.search import TextPart

from hivesync_server.search.repository import Candidate
from hivesync_server.search.terms import Word, places

_TITLE_WHOLE, _TITLE_BEGINNING, _BODY_WHOLE, _BODY_BEGINNING, _SOMEWHERE = 8, 5, 3, 2, 1
_SNIPPET_CHARACTERS = 200
_BEFORE_CHARACTERS = 40

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Ranked:
    """Something found, with its rank and what to show of it."""

    candidate: Candidate
    score: int
    title: list[TextPart]
    snippet: list[TextPart]

    @property
    def order(self) -> tuple[int, str]:
        """Give what sorts it: the best first, and of equal ones the newest. Descending."""
        return self.score, self.candidate.id


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked for, and what each mistyped word may have meant; what is only meant ranks below all."""

    words: Sequence[Word]
    meant: Mapping[Word, Collection[str]]

    def rank(self, candidates: Sequence[Candidate]) -> list[Ranked]:
        """Give the best first."""
        return sorted((self._ranked(one) for one in candidates), key=lambda one: one.order, reverse=True)

    def _ranked(self, candidate: Candidate) -> Ranked:
        title, in_title = self._look(candidate.title, _TITLE_WHOLE, _TITLE_BEGINNING)
        body, in_body = self._look(candidate.body, _BODY_WHOLE, _BODY_BEGINNING)
        scores = (max(in_title.get(word, 0), in_body.get(word, 0), _SOMEWHERE) for word in self.words)
        return Ranked(
            candidate,
            0 if self.meant else sum(scores),
            _parts(candidate.title, title, (0, len(candidate.title))),
            _parts(candidate.body, body, _window(candidate.body, body)),
        )

    def _look(self, text: str, whole: int, beginning: int) -> tuple[list[Span], dict[Word, int]]:
        spans: list[Span] = []
        best: dict[Word, int] = {}
        for place in places(text):
            for word in self.words:
                score = max(
                    (self._score(word, stored, whole, beginning) for stored in place.words), default=0
                )
                if score:
                    best[word] = max(best.get(word, 0), score)
                    if not spans or spans[-1][0] != place.start:
                        spans.append((place.start, place.end))
        return spans, best

    def _score(self, word: Word, stored: str, whole: int, beginning: int) -> int:
        if stored == word.text:
            return whole
        if word.fits(stored):
            return beginning
        return _SOMEWHERE if stored in self.meant.get(word, ()) else 0


def _window(text: str, spans: Sequence[Span]) -> Span:
    """Choose the part of a text that is shown: around the first word found."""
    first = spans[0][0] if spans else 0
    start = max(0, min(first - _BEFORE_CHARACTERS, len(text) - _SNIPPET_CHARACTERS))
    return start, min(len(text), start + _SNIPPET_CHARACTERS)


def _parts(text: str, spans: Sequence[Span], window: Span) -> list[TextPart]:
    start, end = window
    parts = [TextPart("…")] if start > 0 else []
    for found_start, found_end in spans:
        if found_start < start or found_start >= end:
            continue
        if found_start > start:
            parts.append(TextPart(text[start:found_start]))
        start = min(found_end, end)
        parts.append(TextPart(text[found_start:start], found=True))
    if start < end:
        parts.append(TextPart(text[start:end]))
    return [*parts, TextPart("…")] if end < len(text) else parts
