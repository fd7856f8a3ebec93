"""What a user can do with notifications, within one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.notifications import (
    Digest,
    NotificationChannels,
    NotificationSettings,
    NotificationType,
    UnreadCount,
)

from hivesync_server.adapters.db import Transaction
from hivesync_server.adapters.ids import new_id
from hivesync_server.auth.repository import UserRepository
from hivesync_server.events.publisher import EventPublisher
from hivesync_server.mails.outbox import OutboxMailer
from hivesync_server.notifications.channels import AT_ONCE, channels_of
from hivesync_server.notifications.digest_times import next_digest
from hivesync_server.notifications.notifier import Notifier
from hivesync_server.notifications.repository import NotificationRepository
from hivesync_server.notifications.stop_links import DIGEST, StopLinks
from hivesync_server.notifications.tables import DigestRow, NotificationChannelsRow, NotificationRow
from hivesync_server.resources import Resources, ResourcesDep, TransactionDep
from hivesync_server.services import service

UNREAD_MAX = 1000


class NotificationUnknown(HiveSyncError):
    """There is no such notification, or it is someone else's: the answer is the same."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such notification.")


@dataclass(frozen=True, slots=True)
class Notifications:
    """Notifications of the user who asks."""

    repository: NotificationRepository
    users: UserRepository
    digest_hour: int
    now: datetime

    async def get(self, notification_id: str, user_id: str) -> NotificationRow:
        """Give one, or raise `NotificationUnknown`."""
        row = await self.repository.of_user(notification_id, user_id)
        if row is None:
            raise NotificationUnknown
        return row

    async def set_read(self, notification_id: str, user_id: str, read: bool) -> NotificationRow:
        """Mark one as read or unread; the time of the first reading stays."""
        row = await self.get(notification_id, user_id)
        row.read_at = (row.read_at or self.now) if read else None
        return row

    async def unread(self, user_id: str) -> UnreadCount:
        """Count what was not read yet."""
        count = await self.repository.count_unread(user_id, UNREAD_MAX + 1)
        return UnreadCount(min(count, UNREAD_MAX), count > UNREAD_MAX)

    async def settings(self, user_id: str) -> NotificationSettings:
        """Give where notifications of each type go."""
        user = await self.users.by_id(user_id)
        chosen = await self.repository.channels([user_id])
        channels = channels_of(chosen, is_admin=user is not None and user.is_admin)
        digest = Digest.DAILY if await self.repository.digest(user_id) else Digest.OFF
        return NotificationSettings(list(channels.values()), digest)

    async def set_channels(self, user_id: str, wanted: Iterable[NotificationChannels]) -> None:
        """Change where some types go."""
        for channels in wanted:
            row = NotificationChannelsRow(
                user_id=user_id, type=channels.type.value, in_app=channels.in_app, email=channels.email
            )
            await self.repository.set_channels(row)

    async def set_digest(self, user_id: str, wanted: Digest) -> None:
        """Begin with what comes from now on, or go back to a mail for each."""
        if wanted is Digest.OFF:
            await self.repository.stop_digest(user_id)
        elif await self.repository.digest(user_id) is None:
            next_at = next_digest(self.now, self.digest_hour)
            await self.repository.start_digest(DigestRow(user_id=user_id, next_at=next_at, after_id=new_id()))

    async def stop_mails(self, user_id: str, what: str) -> None:
        """Do what the link of a mail says: no digests, or no mails of one type any more."""
        if what == DIGEST:  # else each that it would have gathered would be a mail of its own from now on
            await self.set_digest(user_id, Digest.OFF)
            ended = frozenset(NotificationType) - AT_ONCE
        else:
            ended = frozenset({NotificationType(what)})
        known = (await self.settings(user_id)).channels
        await self.set_channels(
            user_id, [replace(each, email=False) for each in known if each.type in ended and each.email]
        )


def notifications_on(resources: Resources, transaction: Transaction) -> Notifications:
    """Give the service on one transaction."""
    session, hour = transaction.session, resources.settings.mail.digest_hour
    return Notifications(NotificationRepository(session), UserRepository(session), hour, resources.clock())


def stop_links_of(resources: Resources) -> StopLinks:
    """Give the links that end mails."""
    return StopLinks(resources.settings.http.base_url, resources.settings.tokens.keys)


async def _notifications(resources: ResourcesDep, transaction: TransactionDep) -> Notifications:
    return notifications_on(resources, transaction)


def notifier_on(resources: Resources, transaction: Transaction) -> Notifier:
    """Give the notifier for one transaction."""
    now = resources.clock()
    return Notifier(
        NotificationRepository(transaction.session),
        EventPublisher(transaction, resources.hub, now),
        OutboxMailer(transaction.session, now),
        stop_links_of(resources),
        now,
    )


async def _notifier(resources: ResourcesDep, transaction: TransactionDep) -> Notifier:
    return notifier_on(resources, transaction)


NotificationsDep = Annotated[Notifications, service(_notifications)]
NotifierDep = Annotated[Notifier, service(_notifier)]
