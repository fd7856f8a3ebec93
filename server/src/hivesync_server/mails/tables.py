"""Tables of mails and of what waits to be sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime
from hivesync_server.background.leases import Leased


class MailRow(Table):
    """A mail. `body` and `html` are emptied once they were sent: they may hold links that entitle.

    `failure` says why it was given up. `provider_id` is what the provider calls it.
    """

    __tablename__ = "mails"
    __table_args__ = (Index("ix_mails_failed_at", "failed_at"), Index("ix_mails_sent_at", "sent_at"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), server_default="plain")
    recipient: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text, server_default="")
    unsubscribe_url: Mapped[str] = mapped_column(Text, server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    failure: Mapped[str | None] = mapped_column(Text)
    provider_id: Mapped[str | None] = mapped_column(String(128))


class MailDeliveryRow(Leased, Table):
    """A mail that waits. It is gone once the mail was sent or given up.

    `unsure_since`: when a try began whose end we don't know; the provider may have the mail already.
    `problem`: why the last try failed.
    """

    __tablename__ = "mail_deliveries"

    mail_id: Mapped[str] = mapped_column(Id, ForeignKey("mails.id", ondelete="CASCADE"), primary_key=True)
    unsure_since: Mapped[datetime | None] = mapped_column(UtcTime)
    problem: Mapped[str | None] = mapped_column(Text)
