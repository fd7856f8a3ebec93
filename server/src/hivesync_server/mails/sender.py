"""The sender: one background task that hands waiting mails to the provider.

Any number may run, in any number of processes. A mail is tried until it is carried, refused or of no use any
more. That a crash between carrying and noting it makes no second mail is the provider's promise: it carries
each mail's id once, for `IDEMPOTENT`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import Database, Transaction
from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.tracing import NoTracing, Tracing
from hivesync_server.background.backoff import backoff
from hivesync_server.background.leases import LEASE, kept
from hivesync_server.background.loop import FINISH_SECONDS, Loop
from hivesync_server.logs import masked_email
from hivesync_server.mails.provider import Letter, MailAway, MailHeldBack, MailProvider, MailRefused
from hivesync_server.mails.repository import MailRepository
from hivesync_server.mails.tables import MailDeliveryRow, MailRow

IDEMPOTENT = timedelta(hours=23)
"""Resend remembers a key for 24 hours; later a mail that may have been carried must not be tried again."""

BATCH = 2
"""At once, in one process: Resend takes a few mails a second of an account."""

POLL_SECONDS = 1.0
BACKOFF_FIRST_SECONDS = 2.0
BACKOFF_MAX_SECONDS = 600.0
HELD_BACK_SECONDS = 5.0
MISCONFIGURED_SECONDS = 60.0
HELD_BACK_MAX_SECONDS = 3600.0

_EXPIRED = "expired: not sent while it was of use"
_UNSURE = "unknown: it may have been sent, and the provider no longer tells"
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Try:
    """One mail in hand. `is_first`: no earlier try may have reached the provider."""

    letter: Letter
    is_first: bool


@dataclass(slots=True)
class MailSender:
    """See the module. `ready` wakes it.

    `report` is told why the provider refuses our key, or by None that it has carried a mail since.
    """

    database: Database
    provider: MailProvider
    report: Callable[[Transaction, str | None], Awaitable[None]]
    clock: Clock
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    tracing: Tracing = field(default_factory=NoTracing)
    lease: str = field(default_factory=new_id)
    _held_until: datetime | None = None
    _said_well: bool = False

    async def run(self) -> None:
        """Work until cancelled."""
        await Loop("mail sender", self.step, self.ready, POLL_SECONDS, FINISH_SECONDS).run()

    async def step(self) -> bool:
        """Send what is due now; tell whether there was anything."""
        if self._held_until is not None and self.clock() < self._held_until:
            return False
        tries = await self._claim()
        if not tries:
            return False
        in_hand = MailDeliveryRow.mail_id.in_([each.letter.key for each in tries])
        kept_in_hand = kept(self.database, self.clock, MailDeliveryRow, self.lease, in_hand)
        async with kept_in_hand, asyncio.TaskGroup() as group:
            for each in tries:
                group.create_task(self._send(each), name=f"mail {each.letter.key}")
        return True

    async def _claim(self) -> list[_Try]:
        """Take mails in hand, and note that they are: from here on the provider may have them."""
        now = self.clock()
        async with self.database.transaction() as transaction:
            mails = MailRepository(transaction.session, self.lease)
            tries = []
            for mail, delivery in await mails.claim(now, LEASE, BATCH):
                if reason := _is_over(mail, delivery, now):
                    await self._give_up(mails, mail, delivery, reason)
                    continue
                tries.append(_Try(_letter(mail), is_first=delivery.unsure_since is None))
                delivery.unsure_since = delivery.unsure_since or now
            return tries

    async def _send(self, this: _Try) -> None:
        letter = this.letter
        try:
            with self.tracing.work("deliver mail"):
                provider_id = await self.provider.send(letter)
        except MailRefused as error:
            await self._refused(letter, str(error))
        except MailHeldBack as error:
            await self._hold_back(this, error)
        except MailAway as error:
            await self._postpone(letter, str(error))
        else:
            await self._sent(letter, provider_id)

    async def _sent(self, letter: Letter, provider_id: str) -> None:
        async with self.database.transaction() as transaction:
            mails, mail, delivery = await self._held(transaction, letter)
            if mail is not None and delivery is not None:
                mail.sent_at, mail.provider_id = self.clock(), provider_id[:128] or None
                await mails.close(mail, delivery)
            if not self._said_well:
                await self.report(transaction, None)
        self._said_well = True

    async def _refused(self, letter: Letter, reason: str) -> None:
        async with self.database.transaction() as transaction:
            mails, mail, delivery = await self._held(transaction, letter)
            if mail is not None and delivery is not None:
                await self._give_up(mails, mail, delivery, reason)

    async def _postpone(self, letter: Letter, reason: str) -> None:
        _logger.warning("mail postponed", extra={"mail": letter.key, "reason": reason})
        async with self.database.transaction() as transaction:
            _, _, delivery = await self._held(transaction, letter)
            if delivery is not None:
                pause = backoff(delivery.tries + 1, BACKOFF_FIRST_SECONDS, BACKOFF_MAX_SECONDS)
                delivery.problem = reason
                delivery.postpone(self.clock() + pause)

    async def _hold_back(self, this: _Try, error: MailHeldBack) -> None:
        """Let everything wait: the next mail would be told the same."""
        default = MISCONFIGURED_SECONDS if error.misconfigured else HELD_BACK_SECONDS
        seconds = min(error.retry_after_seconds or default, HELD_BACK_MAX_SECONDS)
        until = self.clock() + timedelta(seconds=seconds)
        self._held_until = until
        level = logging.ERROR if error.misconfigured else logging.WARNING
        advice = "check RESEND_API_KEY, EMAIL_FROM and RESEND_API_URL" if error.misconfigured else ""
        _logger.log(
            level, "mails held back", extra={"reason": str(error), "seconds": seconds, "advice": advice}
        )
        async with self.database.transaction() as transaction:
            _, _, delivery = await self._held(transaction, this.letter)
            if delivery is not None:
                if this.is_first:  # it was certainly not carried
                    delivery.unsure_since = None
                delivery.problem = str(error)
                delivery.postpone(until)
            if error.misconfigured:
                wrong = f"Resend takes no mails ({error}); {advice}. They wait until it does"
                self._said_well = False
                await self.report(transaction, wrong)

    async def _give_up(
        self, mails: MailRepository, mail: MailRow, delivery: MailDeliveryRow, reason: str
    ) -> None:
        mail.failed_at, mail.failure = self.clock(), reason
        await mails.close(mail, delivery)
        recipient = masked_email(mail.recipient)
        _logger.error(
            "mail given up",
            extra={"mail": mail.id, "kind": mail.kind, "recipient": recipient, "reason": reason},
        )

    async def _held(
        self, transaction: Transaction, letter: Letter
    ) -> tuple[MailRepository, MailRow | None, MailDeliveryRow | None]:
        mails = MailRepository(transaction.session, self.lease)
        return mails, *(await mails.held(letter.key) or (None, None))


def _is_over(mail: MailRow, delivery: MailDeliveryRow, now: datetime) -> str:
    """Say why a mail must not be tried any more, if so."""
    if delivery.unsure_since is not None and now - delivery.unsure_since > IDEMPOTENT:
        return _UNSURE
    return _EXPIRED if mail.expires_at <= now else ""


def _letter(mail: MailRow) -> Letter:
    return Letter(mail.id, mail.recipient, mail.subject, mail.body, mail.html, mail.unsubscribe_url)
