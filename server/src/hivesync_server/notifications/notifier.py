"""Tells users what happened, within the transaction of what they are told about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hivesync_contract.events import EventType, NotificationEvent
from hivesync_contract.identity import Tier
from hivesync_contract.notifications import NotificationType, SubjectKind

from hivesync_server.adapters.ids import new_id
from hivesync_server.auth.tables import UserRow
from hivesync_server.events.publisher import EventPublisher
from hivesync_server.mails.letters import MailKind, letter
from hivesync_server.mails.mail import Mail, Mailer
from hivesync_server.notifications.channels import AT_ONCE, channels_of
from hivesync_server.notifications.repository import NotificationRepository
from hivesync_server.notifications.shapes import notification_shape
from hivesync_server.notifications.stop_links import StopLinks
from hivesync_server.notifications.tables import NotificationChannelsRow, NotificationRow

TEXT_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class News:
    """What happened. `text` may hold what people typed: it is cut, and its line breaks become spaces.

    `mail`: in which words it is mailed, which may need `values`.
    """

    type: NotificationType
    text: str
    subject_kind: SubjectKind
    subject_id: str | None = None
    project_id: str | None = None
    actor_id: str | None = None
    mail: MailKind = MailKind.NOTIFICATION
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notifier:
    """What domains use. Nobody is told of what they did themselves."""

    repository: NotificationRepository
    events: EventPublisher
    mailer: Mailer
    stop_links: StopLinks
    now: datetime

    async def tell(self, user_ids: Iterable[str], news: News) -> Collection[str]:
        """Tell each of these users once, where the user wants to be told; give the addresses mailed to.

        A disabled account gets no mail; what happened stands in its list when it is enabled again.
        """
        mailed = []
        recipients = await self.repository.recipients(set(user_ids) - {news.actor_id})
        chosen: dict[str, list[NotificationChannelsRow]] = defaultdict(list)
        for row in await self.repository.channels([user.id for user in recipients]):
            chosen[row.user_id].append(row)
        digesting = await self.repository.digesting([user.id for user in recipients])
        for user in recipients:
            channels = channels_of(chosen[user.id], is_admin=user.is_admin).get(news.type)
            if channels is None:
                continue
            if channels.in_app:
                await self._list(user, news)
            waits = user.id in digesting and channels.in_app and news.type not in AT_ONCE
            if channels.email and user.email_verified and user.disabled_at is None and not waits:
                await self.mailer.send(self._letter(user, news))
                mailed.append(user.email)
        return mailed

    def _letter(self, user: UserRow, news: News) -> Mail:
        stop = self.stop_links.link(user.id, news.type.value)
        values = {"text": _line(news.text), **news.values}
        return letter(news.mail, user.email, unsubscribe_url=stop, **values)

    async def _list(self, user: UserRow, news: News) -> None:
        row = NotificationRow(
            id=new_id(),
            user_id=user.id,
            type=news.type.value,
            text=_line(news.text),
            project_id=news.project_id,
            subject_kind=news.subject_kind.value,
            subject_id=news.subject_id,
            actor_id=news.actor_id,
            created_at=self.now,
            read_at=None,
        )
        self.repository.add(row)
        # The others ask now and then: live notifications are Premium's.
        if user.tier == Tier.PREMIUM:
            event = NotificationEvent(notification_shape(row))
            await self.events.publish(user.id, EventType.NOTIFICATION_CREATED, event)


def _line(text: str) -> str:
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return flat if len(flat) <= TEXT_CHARACTERS else flat[: TEXT_CHARACTERS - 1] + "…"
