"""Find what a source file refers to: imports, requires, `url()`, `src` and `href`. Resolves nothing.

A scanner, not a parser: a match in a comment or string only names a file that then does not exist or
is sent needlessly; what is missed would be missing on the phone. So it errs towards finding more.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from urllib.parse import unquote


class How(Enum):
    """How it is referred to, which decides how it is resolved: `url` is relative even without a dot, `glob`
    is a pattern of files."""

    IMPORT = "import"
    REQUIRE = "require"
    URL = "url"
    GLOB = "glob"


@dataclass(frozen=True, slots=True)
class Specifier:
    text: str
    how: How


SETTINGS = ("tsconfig*.json", "jsconfig*.json")
"""Names of files that hold TypeScript's settings."""

SCRIPTS = frozenset({".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"})
_STYLES = frozenset({".css", ".scss", ".sass", ".less"})
_PAGES = frozenset({".html", ".htm", ".svg"})
_TEXTS = frozenset({".md", ".mdx", ".markdown"})

# Possessive and bounded throughout: a hostile file must not make the scanner try every way to read it.
# A possessive group misses matches before Python 3.11.5 (gh-106052), so the gap is a look-ahead, which no
# match goes back into either, and a reference to what it saw.
_GAP = r"(?=(?P<{0}>(?:\s+|/\*(?:[^*]|\*(?!/)){{0,2000}}\*/|//[^\n]*\n)*))(?P={0})"
_WORDS = ("from", "import", "require")
_IN_SCRIPT = re.compile(
    rf"""\b(?P<word>from|import|require(?:\.resolve)?){_GAP.format("before")}(?P<call>\()?{_GAP.format("after")}"""
    r"""(?P<quote>["'`])(?P<text>[^"'`\n\\$]{1,1024})(?P=quote)(?(call)\s*+[,)])"""
)
_NEW_URL = re.compile(r"""\bnew\s++URL\(\s*+(["'`])([^"'`\n\\$]{1,1024})\1\s*+,\s*+import\.meta\.url""")
_GLOB = "import.meta.glob"
_TYPES_ONLY = re.compile(r"(?:import|export)\s++type\s++\S")
_STYLE_URL = re.compile(r"""url\(\s*+(?:"([^"\n]{1,1024})"|'([^'\n]{1,1024})'|([^()"'\s]{1,1024}))\s*+\)""")
_STYLE_IMPORT = re.compile(r"""@import\s++(?:url\(\s*+)?["']([^"'\n]{1,1024})["']""")
_ATTRIBUTE = re.compile(
    r"""\b(?:src|href|poster|data)\s*+=\s*+(?:"([^"\n]{1,1024})"|'([^'\n]{1,1024})')""", re.IGNORECASE
)
_SRCSET = re.compile(r"""\bsrcset\s*+=\s*+(?:"([^"]{1,4096})"|'([^']{1,4096})')""", re.IGNORECASE)
_MARKDOWN_IMAGE = re.compile(r"""!\[[^\]]{0,512}\]\(\s*+<?([^\s)>]{1,1024})""")
_MARKDOWN_REFERENCE = re.compile(r"""^ {0,3}\[[^\]\n]{1,512}\]:\s*+<?([^\s>]{1,1024})""", re.MULTILINE)
_EXTENDS = re.compile(r"""["']extends["']\s*+:\s*+(?:\[([^\]]{0,4096})\]|("[^"\n]{1,1024}"))""")
_QUOTED = re.compile(r'''"([^"\n]{1,1024})"''')
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*+:|//|#", re.IGNORECASE)

_LOOK_BACK = 1_000


def find_specifiers(path: str, text: str) -> list[Specifier]:
    """Give what the file refers to, in order, each once; addresses of the web are left out."""
    suffix = PurePosixPath(path).suffix.lower()
    found: dict[Specifier, None] = {}
    for specifier in _in_settings(text) if is_settings(path) else _by_suffix(suffix, text):
        if not _SCHEME.match(specifier.text):
            found.setdefault(specifier)
    return list(found)


def is_settings(path: str) -> bool:
    """Tell whether a file holds settings of TypeScript, by its name."""
    name = posixpath.basename(path)
    return name.endswith(".json") and any(fnmatchcase(name, pattern) for pattern in SETTINGS)


def _by_suffix(suffix: str, text: str) -> Iterator[Specifier]:
    if suffix in SCRIPTS:
        yield from _in_script(text)
    elif suffix in _STYLES:
        yield from _in_style(text)
    elif suffix in _PAGES:
        yield from _in_page(text)
        yield from _in_style(text)
        yield from _in_script(text)
    elif suffix in _TEXTS:
        yield from _in_markdown(text)
        yield from _in_page(text)


def _in_script(text: str) -> Iterator[Specifier]:
    for match in _mentions(text):
        word = match["word"]
        if word == "from" and _is_types_only(text, match.start()):
            continue
        if word.startswith("require") and not match["call"]:
            continue
        yield Specifier(match["text"], How.REQUIRE if word.startswith("require") else How.IMPORT)
    if _GLOB in text:
        yield Specifier(_GLOB, How.GLOB)
    if "import.meta.url" in text:
        for match in _NEW_URL.finditer(text):
            yield Specifier(_path_of(match[2]), How.URL)


def _mentions(text: str) -> Iterator[re.Match[str]]:
    """Give what `finditer` would, which tries the pattern at every letter and takes four times as long."""
    end = 0
    for start in sorted(start for word in _WORDS for start in _places(text, word)):
        if start >= end and (match := _IN_SCRIPT.match(text, start)):
            end = match.end()
            yield match


def _places(text: str, word: str) -> Iterator[int]:
    start = text.find(word)
    while start >= 0:
        yield start
        start = text.find(word, start + len(word))


def _is_types_only(text: str, end: int) -> bool:
    """Tell whether `from` ends an `import type …`, which the compiler removes."""
    before = text[max(0, end - _LOOK_BACK) : end]
    keyword = max(before.rfind("import"), before.rfind("export"))
    return keyword >= 0 and _TYPES_ONLY.match(before, keyword) is not None


def _in_style(text: str) -> Iterator[Specifier]:
    for match in _STYLE_IMPORT.finditer(text):
        yield Specifier(_path_of(match[1]), How.URL)
    for match in _STYLE_URL.finditer(text):
        yield Specifier(_path_of(match[1] or match[2] or match[3]), How.URL)


def _in_page(text: str) -> Iterator[Specifier]:
    for match in _ATTRIBUTE.finditer(text):
        yield Specifier(_path_of(match[1] or match[2]), How.URL)
    for match in _SRCSET.finditer(text):
        for candidate in (match[1] or match[2]).split(","):
            if words := candidate.split():
                yield Specifier(_path_of(words[0]), How.URL)


def _in_markdown(text: str) -> Iterator[Specifier]:
    for pattern in (_MARKDOWN_IMAGE, _MARKDOWN_REFERENCE):
        for match in pattern.finditer(text):
            yield Specifier(_path_of(match[1]), How.URL)


def _in_settings(text: str) -> Iterator[Specifier]:
    """Give the settings that these begin with; presets of packages mean nothing to a build."""
    for match in _EXTENDS.finditer(text):
        for quoted in _QUOTED.finditer(match[1] or match[2]):
            if quoted[1].startswith("."):
                yield Specifier(quoted[1], How.IMPORT)


def _path_of(reference: str) -> str:
    """Give the path in a relative URL reference (RFC 3986 §4.2)."""
    if _SCHEME.match(reference):
        return reference
    return unquote(reference.partition("#")[0].partition("?")[0])
