"""Applies a unified diff to the text that it was made for. Refuses a text that is another one by now."""

from __future__ import annotations

import re
from typing import Iterator

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_NO_NEWLINE = "\\ No newline at end of file"


class DiffMismatch(Exception):
    """The diff does not apply: the text has changed since, or the diff is damaged."""


def apply_diff(text: str, diff: str) -> str:
    """Give the text with the diff applied, line by line; raise `DiffMismatch`."""
    old, new, at = _lines(text), [], 0
    for start, removed, added in _hunks(diff):
        if start < at or old[start : start + len(removed)] != removed:
            raise DiffMismatch
        new += old[at:start] + added
        at = start + len(removed)
    return "".join(new + old[at:])


def _hunks(diff: str) -> Iterator[tuple[int, list[str], list[str]]]:
    """Give each hunk as where it begins (from 0), the lines it expects and the lines it leaves there."""
    lines = _lines(diff)
    index = next((number for number, line in enumerate(lines) if line.startswith("@@")), len(lines))
    if index == len(lines):
        raise DiffMismatch
    while index < len(lines):
        match = _HUNK.match(lines[index])
        if match is None:
            raise DiffMismatch
        start, old_left = int(match[1]), int(match[2] or 1)
        new_left = int(match[4] or 1)
        removed, added, index = _body(lines, index + 1, old_left, new_left)
        # A hunk that expects no line names the one before it.
        yield (start - 1 if old_left else start), removed, added


def _body(lines: list[str], index: int, old_left: int, new_left: int) -> tuple[list[str], list[str], int]:
    removed: list[str] = []
    added: list[str] = []
    while old_left > len(removed) or new_left > len(added):
        if index == len(lines):
            raise DiffMismatch
        sign, line = lines[index][:1], lines[index][1:]
        if sign in (" ", "-", "\n"):
            removed.append(line or "\n")
        if sign in (" ", "+", "\n"):
            added.append(line or "\n")
        if sign not in (" ", "-", "+", "\n", "\\"):
            raise DiffMismatch
        index += 1
        index = _take_newline_mark(lines, index, sign, removed, added)
    return removed, added, index


def _take_newline_mark(lines: list[str], index: int, sign: str, removed: list[str], added: list[str]) -> int:
    if index == len(lines) or not lines[index].startswith(_NO_NEWLINE[:2]):
        return index
    for side, signs in ((removed, " -"), (added, " +")):
        if sign in signs and side:
            side[-1] = side[-1].rstrip("\n")
    return index + 1


def _lines(text: str) -> list[str]:
    """Split at line feeds only: what else Python takes for a line's end may stand in a string."""
    return [line for line in re.split(r"(?<=\n)", text) if line]
