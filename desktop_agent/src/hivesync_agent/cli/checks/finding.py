"""What a check has found, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """`note` is worth knowing; `wrong` keeps something from working; `unknown` could not be looked at."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look gave. `remedy` is what the user can do, empty where nothing is wrong."""

    grade: Grade
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `follows_from` names the check whose finding is the cause of this one."""

    check: str
    grade: Grade
    text: str
    remedy: str = ""
    follows_from: str | None = None
    room: str = ""


def first_cause(findings: list[Finding]) -> Finding | None:
    """Give what to begin with: the first that is wrong and follows from nothing else."""
    return next((each for each in findings if each.grade is Grade.WRONG and not each.follows_from), None)


def ok(text: str) -> Seen:
    """Give a look that found nothing to do."""
    return Seen(Grade.OK, text)


def note(text: str, remedy: str = "") -> Seen:
    """Give a look that found something worth knowing."""
    return Seen(Grade.NOTE, text, remedy)


def wrong(text: str, remedy: str) -> Seen:
    """Give a look that found what keeps something from working."""
    return Seen(Grade.WRONG, text, remedy)
