"""Mailboxes, and a backend where only confirmed accounts work, as in production."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import httpx
import pytest
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server.mails.tables import MailRow
from hivesync_server.settings import Settings
from hivesync_server.settings.groups import AccountSettings
from sqlalchemy import select


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What a backend has mailed."""

    backend: RunningBackend

    async def subjects(self, recipient: str) -> list[str]:
        return [row.subject for row in await self._mails(recipient)]

    async def token(self, recipient: str, page: str) -> str:
        """Give the token of the newest link to that page."""
        for row in reversed(await self._mails(recipient)):
            if found := re.search(rf"{self.backend.url}/account/{page}#(\S+)", row.body):
                return found.group(1)
        raise AssertionError(f"no link to {page} was mailed to {recipient}")

    async def _mails(self, recipient: str) -> list[MailRow]:
        async with self.backend.resources.database.transaction(writes=False) as transaction:
            query = select(MailRow).where(MailRow.recipient == recipient).order_by(MailRow.id)
            return list((await transaction.session.scalars(query)).all())


@pytest.fixture
def mailbox(backend: RunningBackend) -> Mailbox:
    return Mailbox(backend)


@pytest.fixture
async def strict(settings: Settings, clock: MovableClock) -> AsyncIterator[RunningBackend]:
    """A backend where only confirmed accounts work."""
    confirmed = replace(settings, accounts=AccountSettings(confirmed_only=True))
    async with RunningBackend(confirmed, clock) as running:
        yield running


@pytest.fixture
async def visitor(strict: RunningBackend) -> AsyncIterator[httpx.AsyncClient]:
    """A client of that backend."""
    async with strict.client() as client:
        yield client
