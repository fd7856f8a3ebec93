"""What source files refer to."""

from __future__ import annotations

import re

import pytest
from hivesync_agent.projects import specifiers
from hivesync_agent.projects.specifiers import How, find_specifiers


def found(path: str, text: str) -> list[tuple[str, str]]:
    return [(each.text, each.how.value) for each in find_specifiers(path, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a from './a'", ("./a", "import")),
        ('import{b as c}from"b";', ("b", "import")),
        ("import './side.css';", ("./side.css", "import")),
        ("export * from '../up'", ("../up", "import")),
        ("import a, {\n  b, // from 'comment'\n} from 'multi'", ("multi", "import")),
        ("const x = await import( /* webpackChunkName: \"c\" */ './lazy')", ("./lazy", "import")),
        ("lazy(() => import(`./Page`))", ("./Page", "import")),
        ("const p = require('pkg/sub')", ("pkg/sub", "require")),
        ("source={require('./a.png')}", ("./a.png", "require")),
        ("require.resolve('x')", ("x", "require")),
        ("import type A, { b } from 'no'; import c from 'yes'", ("yes", "import")),
        ("import { type A, b } from 'both'", ("both", "import")),
        ("import type  from 'default'", ("default", "import")),
        ("new URL('./worker.js?x=1#y', import.meta.url)", ("./worker.js", "url")),
        ("import/* a *//* b */'tight'", ("tight", "import")),
    ],
)
def test_imports_of_a_script(text: str, expected: tuple[str, str]) -> None:
    assert expected in found("a.tsx", text)


@pytest.mark.parametrize(
    "text",
    [
        "import type { A } from 'types'",
        "export type { A } from 'types'",
        "import x from 'https://host/x.js'",
        "import('./' + name)",
        "import(`./${name}`)",
        "const required = 'x'",
        "require 'ruby'",
        "const from = 'x'",
    ],
)
def test_what_imports_nothing(text: str) -> None:
    assert found("a.ts", text) == []


def test_styles_pages_and_texts() -> None:
    style = (
        "@import 'base.css'; @import url(\"x.css\"); a{background:url(img/a%20b.png?v=1)} b{src:url(data:x)}"
    )
    assert [text for text, _ in found("a.css", style)] == ["base.css", "x.css", "img/a b.png"]
    page = (
        "<link href=/style.css><link href='/main.css'><script src=\"/src/main.ts\"></script>"
        "<img srcset='a.png 1x, b.png 2x'><a href='#top'></a><a href='mailto:x@y'></a>"
        "<script type=module>import './inline.js'</script><i style=\"background:url('c.png')\"></i>"
    )
    assert {text for text, _ in found("index.html", page)} == {
        *("/main.css", "/src/main.ts", "a.png", "b.png", "./inline.js", "c.png")
    }
    assert found("a.md", "![x](a.png 'title')\n\n[ref]: b.png\n") == [("a.png", "url"), ("b.png", "url")]


def test_assets_refer_to_nothing() -> None:
    assert find_specifiers("a.png", "import 'x'") == []


def test_each_reference_is_given_once() -> None:
    assert found("a.js", "import './a'; export * from './a'; require('./a')") == [
        ("./a", How.IMPORT.value),
        ("./a", How.REQUIRE.value),
    ]


@pytest.mark.parametrize(
    "hostile",
    [
        "import " + "/* a */" * 100_000,
        "from" + " " * 500_000,
        "import(" + "// x\n" * 100_000,
        "import type " * 50_000 + "from 'x'",
        "url(" * 150_000,
        "/*" * 250_000,
        "<img srcset='" + "a," * 250_000,
        "url('" * 150_000,
        "@import " + " " * 250_000,
        "![" * 250_000,
        "[\n" * 250_000,
        "src=" + " " * 250_000,
        "src='" + "x" * 500_000,
        "new URL('" * 100_000,
        "import'" * 150_000,
    ],
)
@pytest.mark.timeout(60)
@pytest.mark.parametrize("path", ["a.js", "a.css", "a.html", "a.md"])
def test_a_hostile_file_costs_no_time(path: str, hostile: str) -> None:
    """Linear is a second here, quadratic many minutes: a busy machine can't tell the one for the other."""
    find_specifiers(path, hostile)


@pytest.mark.parametrize(
    "name", sorted(name for name, value in vars(specifiers).items() if isinstance(value, re.Pattern))
)
def test_no_pattern_can_be_made_to_try_a_long_text_again_and_again(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each repeat ends somewhere, or is never gone back into: so the work is linear, whatever the file.

    Told by what the compiler made of the pattern. No match goes back into a look-ahead (`ASSERT`) either.
    """
    re.compile(getattr(specifiers, name).pattern, re.DEBUG)
    look_ahead: int | None = None
    for line in capsys.readouterr().out.partition("\n\n")[0].splitlines():
        depth, words = len(line) - len(line.lstrip()), line.split()
        if look_ahead is not None and depth > look_ahead:
            continue
        look_ahead = depth if words[:1] == ["ASSERT"] else None
        assert words[:1] == ["POSSESSIVE_REPEAT"] or words[-1:] != ["MAXREPEAT"], line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import 'from'; from 'y'", ["from", "y"]),
        ("xfrom 'no'; $import('a'); from\n'b' require('c') import 'd'", ["a", "b", "c", "d"]),
        ("require(require('a')); importfrom 'no'", ["a"]),
    ],
)
def test_words_in_words_and_in_texts_are_no_imports(text: str, expected: list[str]) -> None:
    assert [each for each, _how in found("a.js", text)] == expected
