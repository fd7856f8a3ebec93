"""Queries on mails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.background.leases import Leases
from hivesync_server.mails.tables import MailDeliveryRow, MailRow


@dataclass(frozen=True, slots=True)
class MailRepository:
    """Mails and their deliveries, for the sender whose id is `lease`."""

    session: AsyncSession
    lease: str = ""

    async def claim(
        self, now: datetime, lasts: timedelta, limit: int
    ) -> Sequence[tuple[MailRow, MailDeliveryRow]]:
        """Take due mails in hand, the oldest first."""
        deliveries = await self._leases().claim(now, lasts, limit, MailDeliveryRow.mail_id)
        mails = await self.session.scalars(
            select(MailRow).where(MailRow.id.in_([delivery.mail_id for delivery in deliveries]))
        )
        by_id = {mail.id: mail for mail in mails}
        return [(by_id[delivery.mail_id], delivery) for delivery in deliveries]

    async def held(self, mail_id: str) -> tuple[MailRow, MailDeliveryRow] | None:
        """Give a mail that is still in hand."""
        delivery = await self._leases().held(MailDeliveryRow.mail_id == mail_id)
        mail = await self.session.get(MailRow, mail_id)
        return (mail, delivery) if mail is not None and delivery is not None else None

    async def close(self, mail: MailRow, delivery: MailDeliveryRow) -> None:
        """Take a mail that was sent or given up out of the queue."""
        await self.session.delete(delivery)
        if mail.sent_at is not None:
            mail.body = mail.html = mail.unsubscribe_url = ""

    async def oldest_waiting(self) -> datetime | None:
        """Tell since when the mail waits that waits longest; ids are in the order of time."""
        query = select(MailRow.created_at).join(MailDeliveryRow, MailDeliveryRow.mail_id == MailRow.id)
        return await self.session.scalar(query.order_by(MailDeliveryRow.mail_id).limit(1))

    async def forget(self, before: datetime) -> None:
        """Drop mails that old."""
        await self.session.execute(delete(MailRow).where(MailRow.created_at < before))

    def _leases(self) -> Leases[MailDeliveryRow]:
        return Leases(self.session, MailDeliveryRow, self.lease)
