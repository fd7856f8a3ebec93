"""Look past a package's barrel: a module that only hands on what hundreds of files beside it export.

Of such a module only the names count that somebody takes, and only the files behind these have to be sent.
That holds where the package says of itself that loading a file does nothing ("sideEffects": false), and where
nothing is unclear: all else is taken whole.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hivesync_contract.previews import Origin

Read = Callable[[str], str]
"""Gives the text of a file of the package, or an empty one."""

Find = Callable[[str, str], str | None]
"""Gives the one file that a reference in a file means, or None."""


class Unclear(Exception):
    """Where a name comes from can't be said."""


@dataclass(frozen=True, slots=True)
class Exports:
    """What a module exports. A name of its own has no origin; of `stars` everything is handed on."""

    named: dict[str, Origin | None]
    stars: tuple[str, ...]

    @property
    def is_barrel(self) -> bool:
        """Tell whether there is something to look past."""
        return len(self.named) + len(self.stars) > 1 and (bool(self.stars) or any(self.named.values()))


class Barrels:
    """The barrels among the files of packages, each read once."""

    def __init__(self, read: Read, find: Find) -> None:
        self._read = read
        self._find = find
        self._exports: dict[str, Exports] = {}

    def is_barrel(self, path: str, text: str) -> bool:
        """Tell whether the module with this text hands on what others export."""
        if path not in self._exports:
            self._exports[path] = exports_in(text)
        return self._exports[path].is_barrel

    def origin(self, path: str, name: str) -> Origin | None:
        """Say where a barrel's name comes from; None if it exports no such name. Raises `Unclear`."""
        exports = self._exports_of(path)
        if name in exports.named:
            origin = exports.named[name]
            # What another package has is looked for there.
            is_beside = origin is not None and origin.source.startswith(".")
            if origin is None or (is_beside and self._find(path, origin.source) is None):
                raise Unclear
            return origin
        source = self._star_with(path, name, {path})
        return Origin(source, name) if source is not None else None

    def _star_with(self, path: str, name: str, seen: set[str]) -> str | None:
        """Give the `export *` that hands on a name; None if none does. Raises `Unclear`.

        In a program that works no name comes from two (ECMA-262, ResolveExport): the first is the one.
        """
        if name == "default":
            raise Unclear
        is_clear, stars = True, self._exports_of(path).stars
        for source in sorted(stars, key=lambda source: not _is_called(source, name)):
            try:
                if self._exports_name(self._find(path, source), name, seen):
                    return source
            except Unclear:
                is_clear = False
        # A form that we don't know may still export it.
        if not is_clear or re.search(_WORD.format(re.escape(name)), _without_comments(self._read(path))):
            raise Unclear
        return None

    def _exports_name(self, path: str | None, name: str, seen: set[str]) -> bool:
        if path is None:
            raise Unclear
        if path in seen:
            return False
        seen.add(path)
        exports = self._exports_of(path)
        if not (exports.named or exports.stars):
            raise Unclear  # CommonJS, as likely as not
        return name in exports.named or self._star_with(path, name, seen) is not None

    def _exports_of(self, path: str) -> Exports:
        if path not in self._exports:
            self._exports[path] = exports_in(self._read(path))
        return self._exports[path]


def _is_called(source: str, name: str) -> bool:
    return posixpath.basename(source).partition(".")[0] == name


_COMMENT_BEGINS = re.compile(r"^[ \t]*+/\*", re.MULTILINE)
"""At the beginning of a line: elsewhere it may well be a part of a text, such as a pattern of files."""

_BLOCK_BEGINS = re.compile(r"/\*")
_LINE_COMMENT = re.compile(r"^[ \t]*+//.*$", re.MULTILINE)
_FLAGS = re.MULTILINE | re.ASCII
_DECLARED = re.compile(
    r"^export\s++(?:async\s++)?(?:function(?:\s*+\*\s*+|\s++)|(?:class|const|let|var)\s++)([\w$]++)", _FLAGS
)
_DEFAULT = re.compile(r"^export\s++default\b", _FLAGS)
_LISTED = re.compile(r"""^export\s*+\{([^{}]*+)\}(?:\s*+from\s*+["']([^"'\n]++)["'])?""", _FLAGS)
_STARRED = re.compile(r"""^export\s*+\*\s*+(?:as\s++([\w$]++)\s++)?from\s*+["']([^"'\n]++)["']""", _FLAGS)
_NAME = re.compile(r"(?:([\w$]++)\s++as\s++)?([\w$]++)", re.ASCII)
_WORD = r"(?<![\w$]){}(?![\w$])"
_TYPE = re.compile(r"type\s++[\w$]", re.ASCII)
_FROM = re.compile(
    r"\b(?:import|export)\s++(type\s++(?=\{))?(?:([\w$]++)\s*+(?:,\s*+(?=\{))?)?(?:\{([^{}]*+)\}\s*+)?"
    r"""from\s*+["']([^"'\n]++)["']""",
    re.ASCII,
)


def exports_in(text: str) -> Exports:
    """Give what a script exports, as far as it stands in a plain form at the beginning of a line."""
    code = _without_comments(text)
    named: dict[str, Origin | None] = dict.fromkeys(_DECLARED.findall(code))
    if _DEFAULT.search(code):
        named["default"] = None
    for listed, source in _LISTED.findall(code):
        for name, given in _names_in(listed) or ():
            named[given] = Origin(source, name) if source else None
    stars = []
    for given, source in _STARRED.findall(code):
        if given:
            named[given] = None
        else:
            stars.append(source)
    return Exports(named, tuple(stars))


def names_taken(text: str, specifier: str) -> frozenset[str] | None:
    """Give the names that a script takes from a module; None if it takes the whole, or if that is not clear.

    The Worker reads importers by the very same rules.
    """
    names: set[str] = set()
    code = _without_blocks(text)
    mentions = sum(code.count(f"{quote}{specifier}{quote}") for quote in "\"'`")
    for is_type, standard, listed, source in _FROM.findall(code):
        if source != specifier:
            continue
        mentions -= 1
        if is_type:
            continue
        if standard:
            names.add("default")
        found = _names_in(_without_comments(listed))
        if found is None:
            return None
        names.update(name for name, _ in found)
    return frozenset(names) if mentions == 0 else None


def _names_in(listed: str) -> list[tuple[str, str]] | None:
    """Give the values of a list such as `a, b as c`, each with the name it gets; None if one is unclear."""
    return list(_values(listed)) if all(map(_is_plain, _parts(listed))) else None


def _values(listed: str) -> Iterator[tuple[str, str]]:
    for part in _parts(listed):
        if match := _NAME.fullmatch(part):
            yield match[1] or match[2], match[2]


def _parts(listed: str) -> list[str]:
    parts = (part.strip() for part in listed.split(","))
    return [part for part in parts if part and not _TYPE.match(part)]


def _is_plain(part: str) -> bool:
    return _NAME.fullmatch(part) is not None


def _without_blocks(text: str, begin: re.Pattern[str] = _COMMENT_BEGINS) -> str:
    pieces, done = [], 0
    while (begins := begin.search(text, done)) and (end := text.find("*/", begins.end())) >= 0:
        pieces.append(text[done : begins.start()])
        done = end + 2
    return "".join((*pieces, text[done:]))


def _without_comments(text: str) -> str:
    return _LINE_COMMENT.sub("", _without_blocks(text, _BLOCK_BEGINS))
