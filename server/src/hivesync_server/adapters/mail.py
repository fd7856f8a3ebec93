"""Mails: written in the transaction of what they tell about, so none is lost and none is sent for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.tables import Id, Table, UtcTime


class MailRow(Table):
    """A mail that waits to be sent, or (with the provider `outbox`) to be read on `/dev/outbox`."""

    __tablename__ = "mails"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    recipient: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)


@dataclass(frozen=True, slots=True)
class Mail:
    """A plain-text mail. Line breaks in `recipient` or `subject` are refused: they would be headers."""

    recipient: str
    subject: str
    body: str

    def __post_init__(self) -> None:
        if any(ord(character) < 32 for character in self.recipient + self.subject):
            raise ValueError("a mail's recipient and subject are single lines")


class Mailer(Protocol):
    """What domains need: hand a mail over, within their transaction."""

    async def send(self, mail: Mail) -> None: ...


@dataclass(frozen=True, slots=True)
class OutboxMailer:
    """Puts mails into the table; a provider's sender would take them from there."""

    session: AsyncSession
    now: datetime

    async def send(self, mail: Mail) -> None:
        """Add the mail to the caller's transaction."""
        row = MailRow(id=new_id(), recipient=mail.recipient, subject=mail.subject, body=mail.body)
        row.created_at = self.now
        self.session.add(row)
