"""The wire form of notifications."""

from __future__ import annotations

from hivesync_contract.notifications import Notification, NotificationType, SubjectKind

from hivesync_server.notifications.tables import NotificationRow


def notification_shape(row: NotificationRow) -> Notification:
    """Give a notification's wire form."""
    return Notification(
        id=row.id,
        type=NotificationType(row.type),
        text=row.text,
        project_id=row.project_id,
        subject_kind=SubjectKind(row.subject_kind),
        subject_id=row.subject_id,
        actor_id=row.actor_id,
        read=row.read_at is not None,
        created_at=row.created_at,
    )
