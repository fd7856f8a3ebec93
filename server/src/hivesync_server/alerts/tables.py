"""Tables of alerts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime
from hivesync_server.background.leases import Leased

SETTINGS_ID = 1


class AlertSettingsRow(Table):
    """Where alerts go: one row, or none yet. `slack_url` is sealed: whoever has it can write there."""

    __tablename__ = "alert_settings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slack_url: Mapped[str | None] = mapped_column(Text)
    emails: Mapped[str] = mapped_column(Text)
    kinds: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)


class AlertRow(Table):
    """One trouble, known by kind and key: seen again, it is counted, and told only after a while.

    `resolved_at`: when it was over, of a trouble whose end can be seen.
    """

    __tablename__ = "alerts"
    __table_args__ = (UniqueConstraint("kind", "key"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    count: Mapped[int]
    slack: Mapped[str] = mapped_column(String(16))
    first_at: Mapped[datetime] = mapped_column(UtcTime)
    told_at: Mapped[datetime] = mapped_column(UtcTime)
    last_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcTime)


class AlertMessageRow(Leased, Table):
    """An alert that Slack has not taken yet."""

    __tablename__ = "alert_messages"

    alert_id: Mapped[str] = mapped_column(Id, ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True)
    queued_at: Mapped[datetime] = mapped_column(UtcTime)


class AlertRingRow(Table):
    """A guess at the password or code of a user, or of nobody; see `alerts.bell`."""

    __tablename__ = "alert_rings"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str | None] = mapped_column(Id)
    text: Mapped[str] = mapped_column(Text)
    rung_at: Mapped[datetime] = mapped_column(UtcTime)


class IncidentRow(Table):
    """One thing that may be wrong, whose end can be seen. `since` is set while it is wrong.

    `seen_at`: when somebody saw last that it was.
    """

    __tablename__ = "incidents"

    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    since: Mapped[datetime | None] = mapped_column(UtcTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcTime)
