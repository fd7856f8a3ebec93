"""Raises alerts, within the transaction of what raised them, and keeps where they go."""

from __future__ import annotations

import asyncio
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

    async def raise_alert(self, kind: AlertKind, text: str, key: str = "") -> bool:
        """Tell the administrators of a trouble, once an hour at most; tell whether they were told now.

        `key` names what it is about, so that two Workers that are down are two troubles. `text` is for people
        and holds no secret.
        """
        key = key[:KEY_CHARACTERS]
        if await self._seen_again(kind, key):
            return False
        try:
            async with self.transaction.session.begin_nested():
                await self._tell(kind, text[:TEXT_CHARACTERS], key)
        except (_ToldMeanwhile, IntegrityError):
            await self._seen_again(kind, key)
            return False
        return True

    async def _seen_again(self, kind: AlertKind, key: str) -> bool:
        return await self.repository.see_again(kind, key, self.now - TOLD_EVERY, self.now)

    async def _tell(self, kind: AlertKind, text: str, key: str) -> None:
        # Before the alert's own row: event counters are locked first, as everywhere.
        if kind is not AlertKind.TEST:
            news = News(NotificationType(kind.value), text, SubjectKind.SYSTEM)
            await self.notifier.tell(await self.repository.admins(), news)
        settings = await self.repository.settings()
        wanted = settings is not None and (
            kind is AlertKind.TEST or kind in KINDS.validate_json(settings.kinds)
        )
        to_slack = wanted and settings is not None and settings.slack_url is not None
        row = await self._note(kind, text, key, SlackState.PENDING if to_slack else SlackState.OFF)
        if settings is not None and wanted:
            await self._mail(EMAILS.validate_json(settings.emails), kind, text)
        if to_slack:
            await self.repository.queue(row.id, self.now)
            self.transaction.after_commit(self.ready.set)

    async def _note(self, kind: AlertKind, text: str, key: str, slack: SlackState) -> AlertRow:
        row = await self.repository.known(kind, key, lock=True)
        if row is None:
            row = AlertRow(id=new_id(), kind=kind.value, key=key, count=0, first_at=self.now)
        elif row.told_at > self.now - TOLD_EVERY:
            raise _ToldMeanwhile
        row.text, row.slack = text, slack.value
        row.count += 1
        row.told_at = row.last_at = self.now
        await self.repository.add(row)
        return row

    async def _mail(self, addresses: list[str], kind: AlertKind, text: str) -> None:
        title = kind.value.replace("_", " ")
        for address in addresses:
            mail = letter(MailKind.ALERT, address, title=title, text=text, base_url=self.base_url)
            await self.notifier.mailer.send(mail)

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
