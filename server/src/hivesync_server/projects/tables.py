"""Tables of projects."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime


class ProjectRow(Table):
    """A project. Deleting it takes everything of it along.

    `swept_until`: until then the server `sweep_lease` deletes sources of it; see `previews.sweeper`.
    """

    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    owner_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)
    sweep_lease: Mapped[str | None] = mapped_column(Id)
    swept_until: Mapped[datetime | None] = mapped_column(UtcTime)


class ProjectTagRow(Table):
    """A project has a tag. `name_key` is the tag without its case."""

    __tablename__ = "project_tags"

    project_id: Mapped[str] = mapped_column(
        Id, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True
    )
    name_key: Mapped[str] = mapped_column(String(150), primary_key=True)
    name: Mapped[str] = mapped_column(String(50))


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
    `used_at`: when a manifest needed it last, to the day. `marked_at`: since then it counts as not stored,
    and is about to be deleted; see `previews.sweeper`.
    """

    __tablename__ = "project_sources"
    __table_args__ = (
        Index("ix_project_sources_used_at", "used_at"),
        Index("ix_project_sources_project_id_pack_sha256", "project_id", "pack_sha256"),
    )

    project_id: Mapped[str] = mapped_column(
        Id, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True
    )
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    pack_sha256: Mapped[str | None] = mapped_column(String(64))
    pack_offset: Mapped[int | None] = mapped_column(BigInteger)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)
    marked_at: Mapped[datetime | None] = mapped_column(UtcTime)
