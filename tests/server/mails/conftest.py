"""A Resend on a real socket, and senders on the test's database that a test moves step by step."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace

import pytest
from hivesync_dev.servers.fake_resend import FakeResend
from hivesync_dev.servers.running_backend import MovableClock
from hivesync_server.adapters.db import Database, Transaction, open_database
from hivesync_server.mails.mail import Mail
from hivesync_server.mails.outbox import OutboxMailer
from hivesync_server.mails.resend_provider import ResendProvider
from hivesync_server.mails.sender import MailSender
from hivesync_server.mails.services import http_client
from hivesync_server.mails.tables import MailDeliveryRow, MailRow
from hivesync_server.settings import Settings, load
from hivesync_server.settings.secrets import Secret
from sqlalchemy import select

API_KEY = "re_" + secrets.token_urlsafe(16)


@pytest.fixture
async def resend() -> AsyncIterator[FakeResend]:
    """A Resend that carries everything."""
    fake = FakeResend(API_KEY)
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
def environ(environ: dict[str, str], resend: FakeResend) -> dict[str, str]:
    """The environment of a backend that mails by it."""
    return environ | {
        "EMAIL_PROVIDER": "resend",
        "RESEND_API_KEY": API_KEY,
        "RESEND_API_URL": resend.url,
        "EMAIL_FROM": "HiveSync <hivesync@mail.example.com>",
    }


@dataclass(frozen=True, slots=True)
class Post:
    """An outbox, and senders on it."""

    database: Database
    clock: MovableClock
    settings: Settings
    stack: AsyncExitStack
    reports: list[str | None] = field(default_factory=list)

    async def put(self, *recipients: str, unsubscribe_url: str = "") -> None:
        """Have mails wait."""
        async with self.database.transaction() as transaction:
            mailer = OutboxMailer(transaction.session, self.clock())
            for recipient in recipients:
                await mailer.send(Mail(recipient, "Hello", "Text", unsubscribe_url=unsubscribe_url))

    async def provider(self, api_key: str = API_KEY, url: str = "") -> ResendProvider:
        """Give a way to Resend, or to what is at `url` instead."""
        mail = replace(self.settings.mail, resend_api_key=Secret(api_key))
        mail = replace(mail, resend_url=url or mail.resend_url)
        return ResendProvider(await self.stack.enter_async_context(http_client(mail)), mail)

    async def sender(self, api_key: str = API_KEY, url: str = "") -> MailSender:
        """Give one more sender, as of another process."""
        provider = await self.provider(api_key, url)
        return MailSender(self.database, provider, self._report, self.clock)

    async def _report(self, transaction: Transaction, wrong: str | None) -> None:
        self.reports.append(wrong)

    async def mails(self) -> list[MailRow]:
        """Give what the table holds."""
        async with self.database.transaction(writes=False) as transaction:
            return list((await transaction.session.scalars(select(MailRow).order_by(MailRow.id))).all())

    async def until_empty(self) -> None:
        """Wait until a server has sent or given up everything."""
        async with asyncio.timeout(20):
            while await self.waiting():  # noqa: ASYNC110 - another process is waited for
                await asyncio.sleep(0.05)

    async def waiting(self) -> list[MailDeliveryRow]:
        """Give what is to be sent."""
        async with self.database.transaction(writes=False) as transaction:
            return list((await transaction.session.scalars(select(MailDeliveryRow))).all())


@pytest.fixture
async def post(environ: dict[str, str], clock: MovableClock) -> AsyncIterator[Post]:
    """The outbox of a database that no server uses."""
    settings = load(environ)
    async with AsyncExitStack() as stack:
        database = open_database(settings.database)
        stack.push_async_callback(database.close)
        yield Post(database, clock, settings, stack)


Exhaust = Callable[[MailSender], Awaitable[None]]


@pytest.fixture
def exhaust() -> Exhaust:
    """Lets a sender work until nothing is due."""

    async def run(sender: MailSender) -> None:
        while await sender.step():
            pass

    return run
