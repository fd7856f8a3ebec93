"""The words of a text and of a query, and what a mistyped one may have meant."""

from __future__ import annotations

import pytest
from hivesync_server.search.terms import QUERY_WORDS, WORD_CHARACTERS, Word, query_words, terms
from hivesync_server.search.typos import meant


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't stop", ["don", "stop", "t"]),
        ("snake_case-kebab/path.ts", ["case", "kebab", "path", "snake", "ts"]),
        ("HTTPServer2", ["2", "http", "httpserver2", "server"]),
        ("Straße ÀÉ", ["ae", "strasse"]),
        ("登录页", ["录页", "登录", "页"]),
        ("第3章abc", ["3", "abc", "章", "第"]),
        ("x" * 99, ["x" * WORD_CHARACTERS]),
        ("😀 … — ''", []),
    ],
)
def test_words_of_a_text(text: str, words: list[str]) -> None:
    assert terms(text) == words


def test_words_of_a_query() -> None:
    assert query_words("Log login LOG 登录页 页") == [
        Word("log"),
        Word("login"),
        Word("登录", whole=True),
        Word("录页", whole=True),
        Word("页"),
    ]
    assert len(query_words(" ".join(str(number) for number in range(100)))) == QUERY_WORDS


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("lgoin", ["login"]),
        ("logn", ["login"]),
        ("loginn", ["login"]),
        ("lobin", ["login"]),
        ("logggn", []),
        ("lon", []),
        ("authenticaton", ["authentication"]),
        ("autenticaton", ["authentication"]),
        ("atenticaton", []),
    ],
)
def test_what_was_meant(typed: str, found: list[str]) -> None:
    assert sorted(meant(Word(typed), ["login", "lo", "authentication", "other"])) == found
