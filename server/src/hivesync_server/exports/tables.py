"""Tables of exports."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime
from hivesync_server.background.leases import Leased


class ExportRow(Table):
    """A copy of a user's data (`state`: an `ExportState`). Without `user_id` the account is gone: what is
    left is there to find the object by.
    """

    __tablename__ = "exports"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    size: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class ExportJobRow(Leased, Table):
    """An export that still has to be made."""

    __tablename__ = "export_jobs"

    export_id: Mapped[str] = mapped_column(Id, ForeignKey("exports.id", ondelete="CASCADE"), primary_key=True)
