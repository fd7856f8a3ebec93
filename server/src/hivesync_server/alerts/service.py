"""Raises alerts, within the transaction of what raised them, and keeps where they go."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from hivesync_contract.alerts import (
    Alert,
    AlertKind,
    AlertSettings,
    AlertSettingsPatch,
    SlackState,
)
from hivesync_contract.notifications import NotificationType, SubjectKind
from pydantic import TypeAdapter
from sqlalchemy.exc import IntegrityError

from hivesync_server.adapters.db import Transaction
from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.sealing import Sealer
from hivesync_server.alerts.repository import AlertRepository
from hivesync_server.alerts.slack import SLACK_PURPOSE, SlackHosts
from hivesync_server.alerts.tables import SETTINGS_ID, AlertRow, AlertSettingsRow
from hivesync_server.alerts.wording import Words, words_of
from hivesync_server.mails.letters import MailKind, letter
from hivesync_server.notifications.notifier import News, Notifier
from hivesync_server.notifications.service import notifier_on
from hivesync_server.resources import Resources

TOLD_EVERY = timedelta(hours=1)
TEXT_CHARACTERS = 1_000
KEY_CHARACTERS = 200
EMAILS = TypeAdapter(list[str])
KINDS = TypeAdapter(list[AlertKind])
_ALL_KINDS: list[AlertKind] = [kind for kind in AlertKind if kind is not AlertKind.TEST]


class _ToldMeanwhile(Exception):
    """Somebody else was faster; what this attempt wrote goes back."""


@dataclass(frozen=True, slots=True)
class Alerts:
    """What domains and monitors use."""

    transaction: Transaction
    notifier: Notifier
    sealer: Sealer
    hosts: SlackHosts
    ready: asyncio.Event
    base_url: str
    now: datetime

    @property
    def repository(self) -> AlertRepository:
        return AlertRepository(self.transaction.session)

    async def raise_alert(
        self, kind: AlertKind, text: str, key: str = "", *, actor_id: str | None = None
    ) -> bool:
        """Tell the administrators of a trouble, once an hour at most; tell whether they were told now.

        `key` names what it is about, so that two Workers that are down are two troubles. `text` is for people
        and holds no secret. The administrator who did it (`actor_id`) need not be notified of it.
        """
        key = key[:KEY_CHARACTERS]
        if await self._seen_again(kind, key):
            return False
        try:
            async with self.transaction.session.begin_nested():
                await self._tell(kind, text[:TEXT_CHARACTERS], key, actor_id)
        except (_ToldMeanwhile, IntegrityError):
            await self._seen_again(kind, key)
            return False
        return True

    async def _seen_again(self, kind: AlertKind, key: str) -> bool:
        return await self.repository.see_again(kind, key, self.now - TOLD_EVERY, self.now)

    async def resolve(self, kind: AlertKind, key: str) -> None:
        """Tell the administrators that a trouble is over which they were told of.

        Whoever calls sees to it that nobody else does so at the same time.
        """
        row = await self.repository.known(kind, key[:KEY_CHARACTERS])
        if row is None or row.resolved_at is not None:
            return
        words = words_of(kind, row.text, self.base_url, row.first_at, self.now)
        mailed = await self._notify(words)
        row.resolved_at = row.last_at = self.now
        await self._send(row, words, mailed, await self._wanting(kind))

    async def _tell(self, kind: AlertKind, text: str, key: str, actor_id: str | None = None) -> None:
        words = words_of(kind, text, self.base_url, self.now)
        # Before the alert's own row: event counters are locked first, as everywhere.
        mailed = await self._notify(words, actor_id)
        settings = await self._wanting(kind)
        await self._send(await self._note(kind, text, key), words, mailed, settings)

    async def _notify(self, words: Words, actor_id: str | None = None) -> Collection[str]:
        """Tell the administrators as their own settings say; give the addresses that a mail went to."""
        if words.kind is AlertKind.TEST:
            return ()
        kind = NotificationType(words.kind.value)
        news = News(
            kind,
            words.line,
            SubjectKind.SYSTEM,
            actor_id=actor_id,
            mail=MailKind.ALERT,
            values={"alert": words},
        )
        return await self.notifier.tell(await self.repository.admins(), news)

    async def _wanting(self, kind: AlertKind) -> AlertSettingsRow | None:
        """Give where alerts of a kind go, if anywhere."""
        settings = await self.repository.settings()
        if settings is None or kind is AlertKind.TEST:
            return settings
        return settings if kind in KINDS.validate_json(settings.kinds) else None

    async def _send(
        self, row: AlertRow, words: Words, mailed: Collection[str], settings: AlertSettingsRow | None
    ) -> None:
        to_slack = settings is not None and settings.slack_url is not None
        row.slack = (SlackState.PENDING if to_slack else SlackState.OFF).value
        if settings is not None:
            for address in EMAILS.validate_json(settings.emails):
                if address not in mailed:
                    await self.notifier.mailer.send(letter(MailKind.ALERT, address, alert=words))
        if to_slack:
            await self.repository.queue(row.id, self.now)
            self.transaction.after_commit(self.ready.set)

    async def _note(self, kind: AlertKind, text: str, key: str) -> AlertRow:
        row = await self.repository.known(kind, key, lock=True)
        if row is None:
            row = AlertRow(id=new_id(), kind=kind.value, key=key, count=0, first_at=self.now)
        elif row.told_at > self.now - TOLD_EVERY:
            raise _ToldMeanwhile
        row.text, row.slack, row.resolved_at = text, SlackState.OFF.value, None
        row.count += 1
        row.told_at = row.last_at = self.now
        await self.repository.add(row)
        return row

    async def test(self) -> None:
        """Send a test alert where the settings say, however often."""
        text = f"This is a test alert of {self.base_url}. Alerts arrive here."
        await self._tell(AlertKind.TEST, text, new_id())

    async def settings(self) -> AlertSettings:
        """Give where alerts go."""
        row = await self.repository.settings()
        if row is None:
            return AlertSettings(slack=False, emails=[], kinds=_ALL_KINDS)
        emails, kinds = EMAILS.validate_json(row.emails), KINDS.validate_json(row.kinds)
        return AlertSettings(row.slack_url is not None, emails, kinds)

    async def change_settings(self, patch: AlertSettingsPatch) -> AlertSettings:
        """Change where alerts go, or raise `TargetRefused`. Who may, and the audit, are the caller's."""
        if patch.slack_url:
            self.hosts.target(patch.slack_url)
        row = await self.repository.settings(lock=True)
        if row is None:
            row = AlertSettingsRow(
                id=SETTINGS_ID, slack_url=None, emails="[]", kinds=KINDS.dump_json(_ALL_KINDS).decode()
            )
        if patch.slack_url is not None:
            row.slack_url = self.sealer.seal(patch.slack_url, SLACK_PURPOSE) if patch.slack_url else None
        if patch.emails is not None:
            row.emails = EMAILS.dump_json(list(dict.fromkeys(patch.emails))).decode()
        if patch.kinds is not None:
            row.kinds = KINDS.dump_json(list(dict.fromkeys(patch.kinds))).decode()
        row.updated_at = self.now
        await self.repository.add(row)
        return await self.settings()


def alert_shape(row: AlertRow) -> Alert:
    """Give an alert's wire form."""
    return Alert(
        id=row.id,
        kind=AlertKind(row.kind),
        key=row.key,
        text=row.text,
        count=row.count,
        slack=SlackState(row.slack),
        first_at=row.first_at,
        told_at=row.told_at,
        last_at=row.last_at,
        resolved_at=row.resolved_at,
    )


def alerts_on(resources: Resources, transaction: Transaction) -> Alerts:
    """Give the service for one transaction."""
    return Alerts(
        transaction,
        notifier_on(resources, transaction),
        resources.sealer,
        SlackHosts(resources.outbound, resources.settings.alerts.slack_hosts),
        resources.alert_ready,
        resources.settings.http.base_url,
        resources.clock(),
    )
