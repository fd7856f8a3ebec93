"""Types of input fields that several domains share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field

STRICT = ConfigDict(extra="forbid")
"""For every body: a field we don't know is an error, so that nobody sets what is not theirs to set."""


def _canonical_id(value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        raise ValueError("must be an id, as answers give it") from None


_WORDS = {
    "missing": "must be given",
    "unexpected_keyword_argument": "is not known here",
    "dataclass_type": "must be a JSON object",
    "json_invalid": "must be JSON",
}


def words_of(entry: Mapping[str, Any]) -> str:
    """Give what is wrong with a field, by an error of pydantic, without the names of Python."""
    return _WORDS.get(entry["type"]) or str(entry["msg"]).removeprefix("Value error, ")


def stored_text(value: str) -> str:
    """Give the text, or raise `ValueError` if no database takes it."""
    # JSON can escape half of a character (RFC 8259 §8.2); no database takes it.
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("must not have halves of characters")
    return value


def _printable(value: str) -> str:
    if any((ord(character) < 32 and character not in "\t\n") or ord(character) == 127 for character in value):
        raise ValueError("must not have control characters")
    return stored_text(value)


def _single_line(value: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 for character in value):
        raise ValueError("must be one line without control characters")
    return stored_text(value.strip())


def _timestamp(value: Any) -> Any:
    # Else numbers, and texts of digits, are taken for seconds since 1970.
    if not isinstance(value, str) or "T" not in value.upper():
        raise ValueError("must be a time as RFC 3339 writes it, like 2026-11-23T10:00:00Z")
    return value


def _utc(value: datetime) -> datetime:
    # Away from both ends of the calendar, where a change of zone leaves it.
    if not 1970 <= value.year <= 9998:
        raise ValueError("must be between the years 1970 and 9998")
    return value.astimezone(UTC)


ResourceId = Annotated[
    str, Path(max_length=36, json_schema_extra={"format": "uuid"}), AfterValidator(_canonical_id)
]
"""An id in the path. What is no UUID can't name anything of ours."""

GivenId = Annotated[
    str, Field(max_length=36, json_schema_extra={"format": "uuid"}), AfterValidator(_canonical_id)
]
"""An id in a body or a query."""

Prose = Annotated[str, AfterValidator(_printable)]
"""Text of several lines."""

Line = Annotated[str, AfterValidator(_single_line)]
"""Text of one line, without white space around it."""

Moment = Annotated[AwareDatetime, BeforeValidator(_timestamp), AfterValidator(_utc)]
"""A point in time, with its zone."""
