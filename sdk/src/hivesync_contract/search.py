"""Search over projects, tasks and comments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hivesync_contract.comments import CommentTarget

SEARCH_QUERY_CHARACTERS = 500
"""The longest query."""

SEARCH_LIMIT_MAX = 100
"""The longest page, and all that one query finds."""


class SearchKind(StrEnum):
    PROJECT = "project"
    TASK = "task"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class TextPart:
    """A part of a text as people typed it, which is never HTML; `found`: a word that was looked for."""

    text: str
    found: bool = False


@dataclass(frozen=True, slots=True)
class SearchHit:
    """Something found. Its parts, put together, are the title, and a piece of the text.

    A comment has no title; `target` says what it is about.
    """

    kind: SearchKind
    id: str
    project_id: str
    project_name: str
    title: list[TextPart]
    snippet: list[TextPart]
    created_at: datetime
    target: CommentTarget | None = None


@dataclass(frozen=True, slots=True)
class SearchResults:
    """`GET /search`. `since`: what is older was not searched, because of the user's tier.

    `newest_projects`: only so many of the user's projects were searched, the newest; null if all were.
    """

    items: list[SearchHit]
    next_cursor: str | None = None
    since: datetime | None = None
    newest_projects: int | None = None
