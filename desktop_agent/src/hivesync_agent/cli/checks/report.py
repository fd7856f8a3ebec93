"""The report for people: every check in its room, then what to begin with."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator
from itertools import groupby

import click

from hivesync_agent.cli.checks.finding import Finding, Grade, first_cause

_MARKS = {
    Grade.OK: click.style("ok    ", fg="green"),
    Grade.NOTE: click.style("note  ", fg="yellow"),
    Grade.WRONG: click.style("wrong ", fg="red"),
    Grade.UNKNOWN: click.style("–     ", dim=True),
}
_NAME_WIDTH = 13
_INDENT = 8 + _NAME_WIDTH


def report_lines(findings: list[Finding], origin: str) -> Iterator[str]:
    """Give the lines of the report; a pipe gets them unbroken."""
    cause = first_cause(findings)
    for room, found in groupby(findings, key=lambda finding: finding.room):
        yield click.style(f"{room} ({origin})" if room.startswith("The way") else room, bold=True)
        yield from _room_lines(list(found), cause)
        yield ""
    yield from _conclusion(findings, cause)


def _room_lines(findings: list[Finding], cause: Finding | None) -> Iterator[str]:
    for source, run in groupby(findings, key=_unknown_because):
        found = list(run)
        if source:
            names = ", ".join(each.check for each in found)
            yield f"  {_MARKS[Grade.UNKNOWN]}{names}: not looked at, {source} comes first"
            continue
        for finding in found:
            text = (
                f"{finding.text} (follows from {finding.follows_from})"
                if finding.follows_from
                else finding.text
            )
            head, *rest = _wrapped(text, _INDENT)
            yield f"  {_MARKS[finding.grade]}{finding.check:<{_NAME_WIDTH}}{head}"
            yield from rest
            if finding.remedy and finding is not cause and not finding.follows_from:
                yield from _remedy(finding.remedy, _INDENT)


def _conclusion(findings: list[Finding], cause: Finding | None) -> Iterator[str]:
    if cause is None:
        yield click.style("Nothing is wrong.", fg="green")
        return
    yield click.style(f"Start here: {cause.check}", fg="red", bold=True)
    first, *rest = _wrapped(f"{cause.text.rstrip('.')}.", 2)
    yield f"  {first}"
    yield from rest
    if cause.remedy:
        yield from _remedy(cause.remedy, 2)
    others = [each.check for each in findings if each.grade is Grade.WRONG and not each.follows_from]
    if others[1:]:
        yield f"  Then: {', '.join(others[1:])}."
    waiting = sum(1 for each in findings if each.follows_from == cause.check)
    if waiting:
        checks = "1 more check waits" if waiting == 1 else f"{waiting} more checks wait"
        yield f"  Then run `hivesync doctor` again: {checks} for it."


def _unknown_because(finding: Finding) -> str | None:
    return finding.follows_from if finding.grade is Grade.UNKNOWN else None


def _remedy(text: str, indent: int) -> Iterator[str]:
    first, *rest = _wrapped(text, indent + 2)
    yield f"{'':<{indent}}→ {first}"
    yield from rest


def _wrapped(text: str, indent: int) -> list[str]:
    """Break a text at the terminal's edge, so that it stays in its column; the first line has no indent."""
    if not sys.stdout.isatty():
        return [text]
    width = max(40, shutil.get_terminal_size().columns - indent)
    first, *rest = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
    return [first, *(f"{'':<{indent}}{line}" for line in rest)]
