"""Tables of teams."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime

_PENDING = text("state = 'pending'")


class ProjectMemberRow(Table):
    """A user may see this project. The owner has a row like everybody; who owns it says the project."""

    __tablename__ = "project_members"
    __table_args__ = (Index("ix_project_members_project_id_user_id", "project_id", "user_id"),)

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    project_id: Mapped[str] = mapped_column(
        Id, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True
    )
    joined_at: Mapped[datetime] = mapped_column(UtcTime)


class InviteState(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"


class InviteRow(Table):
    """Somebody was asked to join. `login` is an address or a name, whether or not it is anybody's.

    It is kept until it expires, so that an answer that comes too late, or twice, learns what became of it.
    """

    __tablename__ = "project_invites"
    __table_args__ = (
        Index("ix_project_invites_project_id_id", "project_id", "id"),
        Index("ix_project_invites_login_id", "login", "id"),
        Index(
            "uq_project_invites_pending",
            "project_id",
            "login",
            unique=True,
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id", ondelete="CASCADE"))
    login: Mapped[str] = mapped_column(String(254))
    inviter_id: Mapped[str] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
