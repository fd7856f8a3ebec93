"""Names, kinds and lines of what a file defines."""

from __future__ import annotations

import pytest
from hivesync_agent.ai_docs.symbols import LANGUAGE_OF_SUFFIX, find_symbols


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        (
            "a.js",
            "const f = () => 1, x = 2;\nfunction g() { const inner = 1; }",
            ["f function", "x constant", "g function"],
        ),
        ("a.ts", "interface I {}\ntype T = 1;\nenum E { A }", ["I interface", "T type", "E enum"]),
        ("a.tsx", "class A { go() { return <b/>; } }", ["A class", "A.go method"]),
        ("a.py", "class A:\n  def go(self): ...\ndef f(): ...", ["A class", "A.go method", "f function"]),
        (
            "a.go",
            "package a\ntype T struct{}\nfunc (t T) Go() {}\nfunc f() {}",
            ["T type", "Go method", "f function"],
        ),
        (
            "a.rs",
            "struct S;\ntrait T {}\nfn f() {}\nmod m { enum E {} }",
            ["S class", "T interface", "f function", "m module", "m.E enum"],
        ),
        ("A.java", "class A { A() {} void go() {} }", ["A class", "A.A method", "A.go method"]),
        ("a.txt", "class A {}", []),
        ("broken.ts", "function f( {{{ class", []),
    ],
)
def test_symbols_of(path: str, content: str, expected: list[str]) -> None:
    found = find_symbols(path, content)
    shown = [f"{f'{each.container}.' if each.container else ''}{each.name} {each.kind}" for each in found]
    assert shown == expected


@pytest.mark.parametrize("suffix", sorted(LANGUAGE_OF_SUFFIX))
def test_every_language_has_its_grammar(suffix: str) -> None:
    assert find_symbols(f"a{suffix}", "") == []


def test_a_hostile_file_gives_a_bounded_answer() -> None:
    assert len(find_symbols("a.js", "function f() {}\n" * 5_000)) == 400
    assert find_symbols("a.js", "(" * 50_000) == []
