"""The table of the logbook."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime


class LogRow(Table):
    """One record of some process's log, from WARNING on. `fields`: what stood beside the message, as JSON."""

    __tablename__ = "logbook"
    __table_args__ = (Index("ix_logbook_level_id", "level", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    level: Mapped[str] = mapped_column(String(16))
    logger: Mapped[str] = mapped_column(String(200))
    message: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str] = mapped_column(String(200))
    fields: Mapped[str] = mapped_column(Text)
