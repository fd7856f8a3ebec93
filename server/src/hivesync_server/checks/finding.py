"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """`warn`: it works, and should not stay so. `skip`: it can't be looked at yet."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `remedy` says what to do; it is empty when there is nothing to do."""

    name: str
    state: State
    detail: str
    remedy: str = ""


def ok(name: str, detail: str) -> Finding:
    """Say that all is well."""
    return Finding(name, State.OK, detail)


def warn(name: str, detail: str, remedy: str) -> Finding:
    """Say what should not stay so."""
    return Finding(name, State.WARN, detail, remedy)


def fail(name: str, detail: str, remedy: str) -> Finding:
    """Say what is broken."""
    return Finding(name, State.FAIL, detail, remedy)


def skip(name: str, detail: str) -> Finding:
    """Say why it was not looked at."""
    return Finding(name, State.SKIP, detail)
