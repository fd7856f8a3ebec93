"""Tell quickly that no pattern can mean a name, for the many files that no rule is about.

Looks at a pattern's last part only, and of that at what stands before, after or between its special
characters. So it may say "perhaps" needlessly, and then the rules themselves decide; it never says "no"
where they would say "yes".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_SPECIAL = re.compile(r"[*?\[\]\\!^]")
_CHOICE = re.compile(r"\[([A-Za-z0-9_]{1,8})\]")


@dataclass(frozen=True, slots=True)
class Sieve:
    """What a name may begin or end with to be worth a closer look."""

    names: frozenset[str]
    beginnings: tuple[str, ...]
    endings: tuple[str, ...]
    both: tuple[tuple[str, str], ...]
    middles: tuple[str, ...]

    @classmethod
    def of(cls, patterns: Iterable[str]) -> Sieve:
        """Take patterns of gitignore's or fnmatch's form; comments and those that bring back say nothing."""
        names, beginnings, endings, both, middles = set(), set(), set(), set(), set()
        for head, *inner, tail in (shape for pattern in patterns for shape in _shapes(pattern)):
            if not inner:
                names.add(head + tail)
            elif head and tail:
                both.add((head, tail))
            elif tail:
                endings.add(tail)
            elif head:
                beginnings.add(head)
            else:
                middles.add(max(inner, key=len))  # an empty one means every name
        return cls(frozenset(names), tuple(beginnings), tuple(endings), tuple(both), tuple(middles))

    def plus(self, other: Sieve) -> Sieve:
        """Give the sieve of both sets of patterns."""
        return Sieve(
            self.names | other.names,
            self.beginnings + other.beginnings,
            self.endings + other.endings,
            self.both + other.both,
            self.middles + other.middles,
        )

    def may_mean(self, name: str) -> bool:
        """Tell whether some pattern may match a path whose last part is `name`."""
        if name in self.names or name.endswith(self.endings) or name.startswith(self.beginnings):
            return True
        for head, tail in self.both:  # no any(): this is asked of every file
            if name.startswith(head) and name.endswith(tail):
                return True
        return any(map(name.__contains__, self.middles))


def _shapes(pattern: str) -> Iterable[list[str]]:
    """Give the literal pieces of a pattern's last part: two, the second empty, where nothing is special."""
    text = pattern.strip()
    if not text or text.startswith(("#", "!")):
        return
    if text.endswith("/**"):
        text = text[:-3] + "/*"
    last = text.rstrip("/").rpartition("/")[2]
    choice = _CHOICE.search(last)
    variants = [last.replace(choice[0], each, 1) for each in choice[1]] if choice else [last]
    for variant in variants:
        pieces = _SPECIAL.split(variant)
        if len(pieces) == 1:
            yield [variant, ""]
            continue
        # What stands in brackets is no literal. The empty piece marks that something special is there.
        yield [pieces[0], "", *(() if "[" in variant else pieces[1:-1]), pieces[-1]]
