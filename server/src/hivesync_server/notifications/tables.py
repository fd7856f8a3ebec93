"""Tables of notifications."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime

_UNREAD = text("read_at IS NULL")
_READ = text("read_at IS NOT NULL")


class NotificationRow(Table):
    """One notification of one user. `subject_id` is no foreign key: the news stays when its subject goes."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index("ix_notifications_user_id_id", "user_id", "id"),
        Index("ix_notifications_unread", "user_id", "id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
        Index("ix_notifications_read", "user_id", "id", sqlite_where=_READ, postgresql_where=_READ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    type: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    project_id: Mapped[str | None] = mapped_column(
        Id, ForeignKey("projects.id", ondelete="CASCADE"), index=True
    )
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[str | None] = mapped_column(Id)
    actor_id: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    read_at: Mapped[datetime | None] = mapped_column(UtcTime)


class DigestRow(Table):
    """A user who wants one mail a day. The next one, at `next_at`, tells what came after `after_id`."""

    __tablename__ = "notification_digests"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    after_id: Mapped[str] = mapped_column(Id)


class NotificationChannelsRow(Table):
    """Where a user wants notifications of a type to go, if not where they go by default."""

    __tablename__ = "notification_channels"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    type: Mapped[str] = mapped_column(String(32), primary_key=True)
    in_app: Mapped[bool]
    email: Mapped[bool]
