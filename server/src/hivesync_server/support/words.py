"""The words of a text as they are compared: no case, accents or endings, and none that says nothing."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

import snowballstemmer  # type: ignore[import-untyped]

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
_PHRASES = (
    (re.compile(r"\b(?:log|sign)(?:ging|ged|ning|ing|ed|s)?[ -]?in(?:s|to)?\b"), " login "),
    (re.compile(r"\b(?:log|sign)(?:ging|ged|ning|ing|ed|s)?[ -]?out\b"), " logout "),
)
"""Else nothing would be left of these but logs and signs."""

_NOTHING = frozenset(files(__package__).joinpath("common_words.txt").read_text("utf-8").split())
"""Words that most questions have."""
_stemmer = snowballstemmer.stemmer("english")


def words(text: str) -> list[str]:
    """Give the stems of a text's words, in its order."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = _APOSTROPHE.sub("", "".join(c for c in plain if not unicodedata.combining(c)).replace("_", " "))
    for phrase, word in _PHRASES:
        plain = phrase.sub(word, plain)
    return [_stem(word) for word in _WORD.findall(plain) if word not in _NOTHING and len(word) <= 40]


@lru_cache(maxsize=10_000)
def _stem(word: str) -> str:
    return str(_stemmer.stemWord(word))
