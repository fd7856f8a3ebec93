"""Tables of events."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime


class EventCounterRow(Table):
    """The last event number of a user. Its row lock makes numbers visible in their order."""

    __tablename__ = "event_counters"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    last_number: Mapped[int] = mapped_column(BigInteger)


class EventRow(Table):
    """One event, as it is sent; with `session_id` to the listeners of that session only."""

    __tablename__ = "events"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(String(64))
    data: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    session_id: Mapped[str | None] = mapped_column(Id)
