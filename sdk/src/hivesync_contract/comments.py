"""Comments on a project, one of its tasks, or a line of one of its files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

COMMENT_CHARACTERS = 10_000
"""The longest comment."""


class CommentTargetKind(StrEnum):
    PROJECT = "project"
    TASK = "task"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class CommentTarget:
    """What a comment is about: the project, which needs no other field, a task, or a line of a file.

    A task needs `task_id`, a line `path` (as in manifests) and `line`, which counts from 1. Lines move, so
    `commit` (its full hash) or `sha256` (of the file's bytes) may say of which text it is the line. Comments
    on a task go with it.
    """

    kind: CommentTargetKind
    path: str | None = None
    line: int | None = None
    commit: str | None = None
    sha256: str | None = None
    task_id: str | None = None


@dataclass(frozen=True, slots=True)
class CommentCreate:
    """`POST /projects/{id}/comments`. `body`: 1 to 10,000 characters of Markdown, kept as they are.

    `@username` outside of code tells that member, the first 50 of them.
    """

    target: CommentTarget
    body: str


@dataclass(frozen=True, slots=True)
class CommentPatch:
    """`PATCH …/comments/{id}`, by its author only."""

    body: str


@dataclass(frozen=True, slots=True)
class CommentStars:
    """`…/comments/{id}/star`: how many members have starred it, and whether the caller is one of them."""

    count: int
    mine: bool


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment. `body` is Markdown as it was typed: whoever shows it as HTML must sanitise it.

    `body_html` is there with `render=html` only, and safe. A deleted comment stays as an empty one with
    `deleted_at`, so that a thread holds together; one whose author's account is gone has no author.
    """

    id: str
    project_id: str
    target: CommentTarget
    author_id: str | None
    author_username: str | None
    body: str
    stars: CommentStars
    created_at: datetime
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    body_html: str | None = None


@dataclass(frozen=True, slots=True)
class CommentEvent:
    """`comment.added`, `comment.changed`, `comment.deleted`: which, and where; who shows it fetches it."""

    id: str
    project_id: str
    target: CommentTarget
