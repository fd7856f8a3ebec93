"""Which words somebody may have meant who mistyped one."""

from __future__ import annotations

from collections.abc import Collection

from hivesync_server.search.terms import Word

_SHORTEST = 4
_LONG = 8
"""From here on, two mistakes are forgiven."""


def meant(word: Word, known: Collection[str]) -> set[str]:
    """Give those of the `known` words from which `word` differs by a mistake: a character too many, too few,
    wrong, or two in each other's place.
    """
    typed = word.text
    if word.whole or len(typed) < _SHORTEST:
        return set()
    most = 1 if len(typed) < _LONG else 2
    letters = set(typed)
    return {
        other
        for other in known
        # Cheap, and enough for nearly all: one mistake changes two letters at most.
        if abs(len(other) - len(typed)) <= most
        and len(letters.symmetric_difference(other)) <= 2 * most
        and _mistakes(typed, other) <= most
    }


def _mistakes(one: str, two: str) -> int:
    """Count them (the optimal string alignment distance)."""
    before: list[int] = []
    last = list(range(len(two) + 1))
    for row, a in enumerate(one, 1):
        current = [row]
        for column, b in enumerate(two, 1):
            least = min(last[column] + 1, current[-1] + 1, last[column - 1] + (a != b))
            if row > 1 and column > 1 and a == two[column - 2] and one[row - 2] == b:
                least = min(least, before[column - 2] + 1)
            current.append(least)
        before, last = last, current
    return last[-1]
