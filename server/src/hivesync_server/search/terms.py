"""Words, as search sees them: the same for what is stored and for what is looked for, on every database.

Case, accents and forms of characters don't matter. `LoginModal` is one word and also two; scripts without
spaces are cut into pairs of characters. Databases only ever get these words, never what a user typed, so no
query can mean anything else to them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

WORD_CHARACTERS = 48
"""Longer words are cut; they are found by their beginning."""

QUERY_WORDS = 12
"""More words of a query are not looked at."""

_RUN = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")
_PIECE = re.compile(r"[^\W_]+")
_ACCENT = re.compile(r"[\u0300-\u036f]")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_UNSPACED = re.compile(r"([\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]+)")
"""Thai and Lao, kana, Han and Hangul."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a query. Unless it is `whole`, what begins with it is found too."""

    text: str
    whole: bool = False

    def fits(self, stored: str) -> bool:
        return stored == self.text or (not self.whole and stored.startswith(self.text))


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a text a run of letters stands, and the words that it is."""

    start: int
    end: int
    words: tuple[str, ...]


def terms(*texts: str) -> list[str]:
    """Give the different words of texts, sorted."""
    return sorted({word for text in texts for place in places(text) for word in place.words})


def places(text: str) -> Iterator[Place]:
    """Give the runs of a text, as far as they are words."""
    for run in _RUN.finditer(text):
        if words := _words(run.group()):
            yield Place(run.start(), run.end(), words)


def query_words(query: str) -> list[Word]:
    """Give the words that a query asks for, each once."""
    found: dict[Word, None] = {}
    for run in _RUN.finditer(query):
        for piece in _pieces(run.group()):
            found.update(dict.fromkeys(_asked(piece)))
        if len(found) >= QUERY_WORDS:
            break
    return list(found)[:QUERY_WORDS]


def _asked(piece: str) -> Iterator[Word]:
    if not _UNSPACED.fullmatch(piece) or len(piece) == 1:
        yield Word(piece[:WORD_CHARACTERS], whole=len(piece) > WORD_CHARACTERS)
        return
    yield from (Word(pair, whole=True) for pair in _pairs(piece))


@lru_cache(maxsize=50_000)
def _words(run: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for piece in _pieces(run):
        if _UNSPACED.fullmatch(piece):
            # The last character alone, so that every character begins a word.
            found.update(dict.fromkeys([*_pairs(piece), piece[-1]]))
        else:
            found[piece[:WORD_CHARACTERS]] = None
    if run.isascii() and len(parts := _PART.findall(run)) > 1:
        found.update(dict.fromkeys(part.lower()[:WORD_CHARACTERS] for part in parts))
    return tuple(found)


def _pieces(run: str) -> list[str]:
    if run.isascii():
        return [run.lower()]
    return [part for piece in _PIECE.findall(_fold(run)) for part in _UNSPACED.split(piece) if part]


def _fold(run: str) -> str:
    bare = _ACCENT.sub("", unicodedata.normalize("NFKD", run))
    return unicodedata.normalize("NFKC", bare.casefold())


def _pairs(piece: str) -> list[str]:
    return [piece[start : start + 2] for start in range(len(piece) - 1)]
