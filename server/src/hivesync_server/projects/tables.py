"""Tables of projects."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime


class ProjectRow(Table):
    """A project. Deleting it takes everything of it along."""

    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    owner_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)


class ProjectFavoriteRow(Table):
    """A user likes to have this project at hand. It is the user's own affair and changes no project."""

    __tablename__ = "project_favorites"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    project_id: Mapped[str] = mapped_column(
        Id, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class ProjectSourceRow(Table):
    """A source file that the Worker has checked and stored, so that nobody has to send it again.

    It begins at `pack_offset` of the pack that `pack_sha256` names; without one it has an object of its own.
    An object may go when no row needs it any more, and a row only when no manifest does.
    """

    __tablename__ = "project_sources"

    project_id: Mapped[str] = mapped_column(
        Id, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True
    )
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    pack_sha256: Mapped[str | None] = mapped_column(String(64))
    pack_offset: Mapped[int | None] = mapped_column(BigInteger)
