"""Tell quickly that no pattern can mean a name, for the many files that no rule is about.

Looks at one literal piece of each pattern only: the longest of its last part, or of the parts before where
the last one means any name. So it may say "perhaps" needlessly, and then the rules themselves decide; it
never says "no" where they would say "yes". Case never tells apart here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

_SPECIAL = re.compile(r"[*?\[\]\\!^]")
_CHOICE = re.compile(r"\[([A-Za-z0-9_]{1,8})\]")


@dataclass(frozen=True, slots=True)
class Sieve:
    """What a name may be, begin with, end with or hold to be worth a closer look; `ways` are what the way to
    it may hold, between slashes. Each pattern is in one of them."""

    names: frozenset[str]
    beginnings: tuple[str, ...]
    endings: tuple[str, ...]
    middles: tuple[str, ...]
    ways: tuple[str, ...]

    @classmethod
    def of(cls, patterns: Iterable[str]) -> Sieve:
        """Take patterns of gitignore's or fnmatch's form; comments and those that bring back say nothing."""
        names, beginnings, endings, middles, ways = set(), set(), set(), set(), set()
        for piece in (piece for pattern in patterns for piece in _pieces(pattern)):
            begins, ends, way, text = piece
            if way:
                ways.add(text)
            elif begins and ends:
                names.add(text)
            elif begins:
                beginnings.add(text)
            elif ends:
                endings.add(text)
            else:
                middles.add(text)
        return cls(frozenset(names), *map(tuple, (beginnings, endings, middles, ways)))

    def plus(self, other: Sieve) -> Sieve:
        """Give the sieve of both sets of patterns."""
        return Sieve(
            self.names | other.names,
            self.beginnings + other.beginnings,
            self.endings + other.endings,
            self.middles + other.middles,
            self.ways + other.ways,
        )

    def caught(self, way: str, names: Collection[str]) -> Collection[str]:
        """Give those names that some pattern may match in the folder `way`."""
        between = f"/{way}/".casefold()
        for each in self.ways:
            if each in between:
                return names
        together = "/".join(names).casefold()
        for each in self.middles:
            if each in together:
                return names
        beginnings, endings, folded = self.beginnings, self.endings, together.split("/")
        found = {name for name in folded if name.endswith(endings) or name.startswith(beginnings)}
        found |= self.names.intersection(folded)
        if not found:
            return ()
        return {name for name, each in zip(names, folded, strict=True) if each in found}


def _pieces(pattern: str) -> Iterator[tuple[bool, bool, bool, str]]:
    """Give literal pieces of which a path that matches holds one: whether the name begins and ends with it,
    whether it is of the way to the name, and its text."""
    text = pattern.strip().casefold()
    if not text or text.startswith(("#", "!")):
        return
    if text.endswith("/**"):
        text = text[:-3] + "/*"
    *way, last = text.strip("/").split("/")
    choice = _CHOICE.search(last)
    for variant in [last.replace(choice[0], each, 1) for each in choice[1]] if choice else [last]:
        begins, ends, longest = max(_literals(variant), key=lambda piece: len(piece[2]))
        if longest or not way:
            yield begins, ends, False, longest
            continue
        above = (piece for part in way for piece in _literals(part))
        begins, ends, longest = max(above, key=lambda piece: len(piece[2]))
        yield (
            False,
            False,
            True,
            f"{'/' if begins and longest else ''}{longest}{'/' if ends and longest else ''}",
        )


def _literals(part: str) -> list[tuple[bool, bool, str]]:
    """Give the literal pieces of one part of a pattern, and whether it begins and ends with them."""
    pieces = _SPECIAL.split(part)
    if len(pieces) == 1:
        return [(True, True, part)]
    head, *inner, tail = pieces
    # What stands in brackets is no literal.
    middles = [] if "[" in part else inner
    return [(True, False, head), (False, True, tail), *((False, False, each) for each in middles)]
