"""The wire form of comments."""

from __future__ import annotations

from hivesync_contract.comments import Comment, CommentStars, CommentTarget, CommentTargetKind

from hivesync_server.comments.tables import CommentRow


def target_shape(row: CommentRow) -> CommentTarget:
    """Give what a comment is about."""
    return CommentTarget(CommentTargetKind(row.kind), row.path, row.line, row.commit, row.sha256, row.task_id)


def comment_shape(row: CommentRow, author_username: str | None, stars: CommentStars) -> Comment:
    """Give a comment's wire form, without HTML."""
    return Comment(
        id=row.id,
        project_id=row.project_id,
        target=target_shape(row),
        author_id=row.author_id,
        author_username=author_username,
        body=row.body,
        stars=stars,
        created_at=row.created_at,
        edited_at=row.edited_at,
        deleted_at=row.deleted_at,
    )
