"""The outbox: mails are rows, written in the transaction of what they tell about.

So none is lost, and none is sent for what was rolled back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.adapters.ids import new_id
from hivesync_server.mails.letters import set_in_layout
from hivesync_server.mails.mail import Mail
from hivesync_server.mails.tables import MailDeliveryRow, MailRow

LIFE = timedelta(days=3)
"""Of a mail that says nothing else. Later nobody expects it any more."""


@dataclass(frozen=True, slots=True)
class OutboxMailer:
    """Puts mails into the table, from where `mails.sender` takes them."""

    session: AsyncSession
    now: datetime

    async def send(self, mail: Mail) -> None:
        """Add the mail to the caller's transaction."""
        row = MailRow(
            id=new_id(),
            kind=mail.kind,
            recipient=mail.recipient,
            subject=mail.subject,
            body=mail.body,
            html=mail.html or set_in_layout(mail.subject, mail.body),
            unsubscribe_url=mail.unsubscribe_url,
            created_at=self.now,
            expires_at=mail.expires_at or self.now + LIFE,
        )
        self.session.add(row)
        await self.session.flush()
        self.session.add(MailDeliveryRow(mail_id=row.id, tries=0, available_at=self.now))
