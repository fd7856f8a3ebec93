"""What an export holds: a file for each kind of thing. No hash, no secret, and nothing of other people but
what they wrote to this user.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.activity.tables import ActivityRow
from hivesync_server.api_keys.tables import ApiKeyRow
from hivesync_server.audit.tables import AuditRow
from hivesync_server.auth.devices.tables import DeviceRow
from hivesync_server.auth.tables import SessionRow, UserRow
from hivesync_server.comments.tables import CommentRow
from hivesync_server.notifications.tables import NotificationRow
from hivesync_server.previews.tables import PreviewRow
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.tasks.attachments.tables import AttachmentRow
from hivesync_server.tasks.tables import TaskRow
from hivesync_server.team.tables import ProjectMemberRow

_USER = (
    "id",
    "email",
    "username",
    "tier",
    "email_verified",
    "created_at",
    "display_name",
    "locale",
    "timezone",
)
_SESSION = ("id", "label", "network", "created_at", "last_used_at", "expires_at", "revoked_at")
_API_KEY = ("id", "name", "scope", "created_at", "expires_at", "last_used_at")
_PROJECT = ("id", "owner_id", "name", "description", "created_at", "updated_at")
_TASK = ("id", "project_id", "title", "description", "status", "creator_id", "assignee_id", "due_at")
_TASK_TIMES = ("created_at", "updated_at", "completed_at")
_COMMENT = ("id", "project_id", "task_id", "path", "body", "created_at", "edited_at")
_NOTIFICATION = ("id", "type", "text", "project_id", "created_at", "read_at")
_ATTACHMENT = ("id", "task_id", "name", "size", "content_type", "created_at")
_ACTIVITY = ("id", "project_id", "verb", "subject_kind", "subject_id", "data", "created_at")
_AUDIT = ("id", "action", "subject_id", "address", "data", "created_at")

Contents = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows by the name of their file."""


async def contents_of(session: AsyncSession, user_id: str) -> Contents:
    """Read everything, oldest first."""
    found = {}
    for name, query in _queries(user_id).items():
        found[name] = [dict(row._mapping) for row in await session.execute(query)]
    return found


def _queries(user_id: str) -> dict[str, Select[Any]]:
    mine = select(ProjectMemberRow.project_id).where(ProjectMemberRow.user_id == user_id)
    owned = select(ProjectRow.id).where(ProjectRow.owner_id == user_id)
    of_tasks = or_(
        TaskRow.project_id.in_(owned), TaskRow.creator_id == user_id, TaskRow.assignee_id == user_id
    )
    return {
        "profile": _columns(UserRow, _USER).where(UserRow.id == user_id),
        "sessions": _columns(SessionRow, _SESSION).where(SessionRow.user_id == user_id),
        "devices": _columns(DeviceRow, ("id", "name", "created_at")).where(DeviceRow.user_id == user_id),
        "api_keys": _columns(ApiKeyRow, _API_KEY).where(ApiKeyRow.user_id == user_id),
        "projects": _columns(ProjectRow, _PROJECT).where(ProjectRow.id.in_(mine)),
        "tasks": _columns(TaskRow, _TASK + _TASK_TIMES).where(of_tasks),
        "attachments": _columns(AttachmentRow, _ATTACHMENT).where(AttachmentRow.uploader_id == user_id),
        "comments": _columns(CommentRow, _COMMENT).where(CommentRow.author_id == user_id),
        "previews": _columns(PreviewRow, ("id", "project_id", "created_at")).where(
            PreviewRow.user_id == user_id
        ),
        "notifications": _columns(NotificationRow, _NOTIFICATION).where(NotificationRow.user_id == user_id),
        "activity": _columns(ActivityRow, _ACTIVITY).where(ActivityRow.actor_id == user_id),
        "security": _columns(AuditRow, _AUDIT).where(AuditRow.actor_id == user_id),
    }


def _columns(table: Any, names: Sequence[str]) -> Select[Any]:
    return select(*(getattr(table, name) for name in names)).order_by(table.id)
