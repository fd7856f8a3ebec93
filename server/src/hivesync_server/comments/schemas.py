"""Limits on what comments take; the shapes themselves are the contract's."""

from __future__ import annotations

from typing import Annotated

from hivesync_contract.comments import (
    COMMENT_CHARACTERS,
    CommentCreate,
    CommentPatch,
    CommentTarget,
    CommentTargetKind,
)
from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from hivesync_server.http.fields import STRICT, GivenId, Prose
from hivesync_server.previews.paths import checked_path

_LINE_MAX = 2**31 - 1

CommentPath = Annotated[str, AfterValidator(checked_path)]
LineNumber = Annotated[int, Field(ge=1, le=_LINE_MAX)]


def _not_blank(body: str) -> str:
    if not body.strip():
        raise ValueError("must say something")
    return body


Markdown = Annotated[Prose, Field(max_length=COMMENT_CHARACTERS), AfterValidator(_not_blank)]


@dataclass(frozen=True, slots=True, config=STRICT)
class CommentTargetBody(CommentTarget):
    """What a new comment is about."""

    kind: CommentTargetKind
    path: CommentPath | None = None
    line: Annotated[LineNumber, Field(strict=True)] | None = None
    commit: Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")] | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    task_id: GivenId | None = None

    def __post_init__(self) -> None:
        place = (self.path, self.line, self.commit, self.sha256)
        if self.kind is not CommentTargetKind.FILE and any(part is not None for part in place):
            raise ValueError(f"a comment on the {self.kind} has no path, line, commit or sha256")
        if self.kind is CommentTargetKind.FILE and (self.path is None or self.line is None):
            raise ValueError("a comment on a file needs path and line")
        if (self.kind is CommentTargetKind.TASK) != (self.task_id is not None):
            raise ValueError("a comment on a task needs task_id, and no other has it")


@dataclass(frozen=True, slots=True, config=STRICT)
class CommentCreateBody(CommentCreate):
    """Body of `POST …/comments`."""

    target: CommentTargetBody
    body: Markdown


@dataclass(frozen=True, slots=True, config=STRICT)
class CommentPatchBody(CommentPatch):
    """Body of `PATCH …/comments/{id}`."""

    body: Markdown
