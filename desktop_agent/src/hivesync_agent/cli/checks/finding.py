"""What a check has found, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """`note` is worth knowing; `wrong` keeps something from working."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `remedy` is what the user can do, empty where nothing is wrong."""

    check: str
    grade: Grade
    text: str
    remedy: str = ""
