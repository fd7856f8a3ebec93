"""Finds the entries that fit a question, by BM25 over their fields, and says how sure it is.

Okapi BM25 with weighted fields as S. Robertson and H. Zaragoza describe it ("The Probabilistic Relevance
Framework: BM25 and Beyond", 2009). A few dozen short texts need no engine.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from hivesync_server.support.faq import FaqSource
from hivesync_server.support.words import words

_FIELDS = (("question", 3.0), ("also", 2.0), ("answer", 0.5))
_SATURATION = 1.2
_LENGTH = 0.3
"""How much long entries give way; little, since all are short."""

_TYPO_LENGTH = 5
_TYPO_LIKENESS = 0.8
_TYPO_WEIGHT = 0.8
_QUESTION_WORDS_MAX = 60


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that shares words with the question.

    `confidence` is the share of the question's words that it covers, rare words counting more: 0 to 1.
    """

    source: FaqSource
    score: float
    confidence: float


class Ranking:
    """The index of a FAQ."""

    def __init__(self, sources: Sequence[FaqSource]) -> None:
        self._sources = sources
        self._weights = [_weights(source) for source in sources]
        self._lengths = [sum(weights.values()) for weights in self._weights]
        self._average = sum(self._lengths) / max(len(sources), 1) or 1.0
        self._entries_with = Counter(word for weights in self._weights for word in weights)

    def search(self, question: str) -> list[Match]:
        """Give the entries that share a word with the question, best first."""
        asked = [self._known(word) for word in dict.fromkeys(words(question)[:_QUESTION_WORDS_MAX])]
        most = sum(self._rarity(word) for word, _ in asked)
        matches = []
        for number, source in enumerate(self._sources):
            gains = [self._gain(number, word) * likeness for word, likeness in asked]
            if score := sum(gains):
                covered = sum(
                    min(gain, self._rarity(word)) for gain, (word, _) in zip(gains, asked, strict=True)
                )
                matches.append(Match(source, score, covered / most))
        return sorted(matches, key=lambda match: -match.score)

    def _gain(self, number: int, word: str) -> float:
        weight = self._weights[number].get(word, 0.0)
        norm = 1 - _LENGTH + _LENGTH * self._lengths[number] / self._average
        return self._rarity(word) * weight * (_SATURATION + 1) / (weight + _SATURATION * norm)

    def _rarity(self, word: str) -> float:
        """Give a word's weight; one that stands nowhere weighs most, and can't be covered."""
        found = self._entries_with.get(word, 0)
        return math.log(1 + (len(self._sources) - found + 0.5) / (found + 0.5))

    def _known(self, word: str) -> tuple[str, float]:
        """Give the word, or the one that was meant, and how alike they are."""
        if word in self._entries_with or len(word) < _TYPO_LENGTH:
            return word, 1.0
        close = get_close_matches(word, self._entries_with, n=1, cutoff=_TYPO_LIKENESS)
        return (close[0], _TYPO_WEIGHT) if close else (word, 1.0)


def _weights(source: FaqSource) -> Mapping[str, float]:
    texts = {"question": source.entry.question, "also": source.also, "answer": source.entry.answer}
    found: Counter[str] = Counter()
    for field, weight in _FIELDS:
        _add(found, words(texts[field]), weight)
    return found


def _add(found: Counter[str], named: Iterable[str], weight: float) -> None:
    for word in named:
        found[word] += weight  # type: ignore[assignment]
