# Generated from hivesync/_async by `make generate`; do not edit.
"""Comments on a project, its tasks, and lines of its files."""

from __future__ import annotations

from collections.abc import Iterator

from hivesync_contract.comments import (
    Comment,
    CommentCreate,
    CommentPatch,
    CommentStars,
    CommentTarget,
    CommentTargetKind,
)

from hivesync._paths import segment
from hivesync._sync._resource import Resource

_PROJECT = CommentTarget(CommentTargetKind.PROJECT)


class Comments(Resource):
    """`client.projects.comments(project_id)`. `body` is Markdown as it was typed: never show it as HTML."""

    def list(
        self,
        *,
        kind: CommentTargetKind | None = None,
        path: str | None = None,
        line: int | None = None,
        task_id: str | None = None,
        render_html: bool = False,
    ) -> Iterator[Comment]:
        """Give the comments that match; with `render_html` each has a safe `body_html`."""
        wanted = {
            "kind": kind,
            "path": path,
            "line": line,
            "task_id": task_id,
            "render": _render(render_html),
        }
        return self._items("", Comment, wanted)

    def get(self, comment_id: str, *, render_html: bool = False) -> Comment:
        """Give one comment."""
        wanted = {"render": _render(render_html)}
        return self._decoded("GET", f"/{segment(comment_id)}", Comment, params=wanted)

    def create(self, body: str, target: CommentTarget = _PROJECT) -> Comment:
        """Write a comment, on the project if no other target is given. May raise `OfflineQueued`."""
        return self._decoded("POST", "", Comment, CommentCreate(target, body))

    def update(self, comment_id: str, body: str, *, if_match: str | None = None) -> Comment:
        """Change a comment of one's own."""
        patch = CommentPatch(body)
        return self._decoded("PATCH", f"/{segment(comment_id)}", Comment, patch, if_match=if_match)

    def delete(self, comment_id: str) -> None:
        """Delete a comment; it stays as an empty one, so that its thread holds together."""
        self._sent("DELETE", f"/{segment(comment_id)}")

    def add_star(self, comment_id: str) -> CommentStars:
        """Star a comment; doing it twice is no error."""
        return self._decoded("PUT", f"/{segment(comment_id)}/star", CommentStars)

    def remove_star(self, comment_id: str) -> CommentStars:
        """Take one's star back; likewise."""
        return self._decoded("DELETE", f"/{segment(comment_id)}/star", CommentStars)


def _render(html: bool) -> str | None:
    return "html" if html else None
