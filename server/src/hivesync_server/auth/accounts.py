"""Accounts: made once, and recognised by password. Nothing here tells who exists and who does not."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta

from hivesync_contract.identity import Tier, User
from sqlalchemy.exc import IntegrityError

from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import Database, Transaction
from hivesync_server.adapters.ids import new_id
from hivesync_server.alerts.bell import AlertBell
from hivesync_server.auth.errors import AccountDisabled, AccountTaken, AuthInvalid, PasswordWrong
from hivesync_server.auth.mailed_tokens import MailedTokens, Purpose
from hivesync_server.auth.passwords import HashingBusy, Passwords
from hivesync_server.auth.repository import SessionRepository, UserRepository
from hivesync_server.auth.shapes import user_shape
from hivesync_server.auth.tables import UserRow
from hivesync_server.auth.throttle import FREE_PER_ACCOUNT, FREE_PER_NETWORK, Throttle, is_guessing
from hivesync_server.events.repository import EventRepository
from hivesync_server.http.client_address import network_of
from hivesync_server.logs import masked_email

UNCONFIRMED_LIFE = timedelta(days=7)
"""After this an address or name that someone registered and never confirmed is free again."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Checked input of `register`, in its stored form."""

    email: str
    username: str
    password: str
    tier: Tier
    is_admin: bool = False
    email_verified: bool = False


@dataclass(frozen=True, slots=True)
class Accounts:
    """Register and recognise. Hashing takes long, so no transaction is open while it runs."""

    database: Database
    passwords: Passwords
    clock: Clock
    throttle: Throttle
    bell: AlertBell = field(default_factory=AlertBell)
    confirmed_only: bool = False

    async def register(
        self, account: NewAccount, transaction: Transaction, mails: MailedTokens | None = None
    ) -> User:
        """Make an account and have its address confirmed by a mail, or raise `AccountTaken`.

        Where only confirmed accounts work, a taken address gets the answer of a free one: the account seems
        to be there, and its name taken, while the mail says to the address what is so. Names are no secret.
        """
        row = UserRow(
            id=new_id(),
            email=account.email,
            username=account.username,
            password_hash=await self.passwords.hash(account.password),
            tier=account.tier.value,
            is_admin=account.is_admin,
            email_verified=account.email_verified,
            created_at=self.clock(),
            display_name="",
            locale="en",
            timezone="UTC",
        )
        users = UserRepository(transaction.session)
        owner = await users.by_email(account.email)
        hides = self.confirmed_only and mails is not None
        if await users.is_name_taken(account.username) or (owner is not None and not hides):
            raise _taken(hides)
        shape = user_shape(row)
        try:
            if hides:
                await self._add_or_reserve(users, row, is_free=owner is None)
            else:
                await _add(users, row)
        except IntegrityError as error:  # two at the same moment
            raise _taken(hides) from error
        if mails is not None:
            purpose = Purpose.VERIFY if owner is None else Purpose.KNOWN
            await mails.send(purpose, account.email, row if owner is None else None)
        return shape

    async def _add_or_reserve(self, users: UserRepository, row: UserRow, *, is_free: bool) -> None:
        """Add the account, or reserve its name. Both are done and one is undone: time must not tell which."""
        async with users.session.begin_nested() as added:
            if not is_free:
                row.email = f"{row.id}@taken.invalid"
            await _add(users, row)
            if not is_free:
                await added.rollback()
        async with users.session.begin_nested() as reserved:
            await users.reserve(row.username, row.created_at + UNCONFIRMED_LIFE)
            if is_free:
                await reserved.rollback()

    async def recognise(self, login: str, password: str, address: str) -> UserRow:
        """Give the account of `login` and `password`, or raise `AuthInvalid`, or `TooManyTries`."""
        network = network_of(address)
        async with self.database.transaction(writes=False) as transaction:
            user = await UserRepository(transaction.session).by_login(login)
            sessions = SessionRepository(transaction.session)
            # Asked for nobody, too: what is done must not tell who there is.
            at_home = network and await sessions.has_been_in(user.id if user else new_id(), network)
        # One count for name and address of an account, and one for what is no account.
        account = f"account:{user.id if user else login}" + (f":{network}" if at_home else "")
        await self.throttle.admit(f"network:{network}", FREE_PER_NETWORK)
        tries = await self.throttle.admit(account, FREE_PER_ACCOUNT)
        try:
            right = await self.passwords.matches(user.password_hash if user else None, password)
        except HashingBusy:  # nobody looked at the password, so it was no try
            await self.throttle.was_right(f"network:{network}")
            await self.throttle.was_right(account)
            raise
        if user is None or not right or (self.confirmed_only and not user.email_verified):
            where = f"a sign-in (the last one from {network or 'an unknown network'})"
            await self._warn(user.id if user and not right else None, tries, where)
            _logger.info("sign-in refused", extra={"login": masked_email(login)})
            raise AuthInvalid(self._refusal())
        await self.throttle.was_right(f"network:{network}")
        await self.throttle.forgive(account)
        if user.disabled_at is not None:  # only who knows the password learns of it
            raise AccountDisabled
        return user

    async def confirm(self, user_id: str, password: str) -> UserRow:
        """Give a signed-in user who types the password again.

        Raise `PasswordWrong`, `TooManyTries`, or `AuthInvalid` if the account was deleted at this moment.
        """
        async with self.database.transaction(writes=False) as transaction:
            user = await UserRepository(transaction.session).by_id(user_id)
        tries = await self.throttle.admit(f"confirm:{user_id}", FREE_PER_ACCOUNT)
        if user is None:
            raise AuthInvalid("The account is gone.")
        if not await self.passwords.matches(user.password_hash, password):
            await self._warn(user_id, tries, "the password for a protected act")
            _logger.warning("wrong password for a protected act", extra={"user_id": user_id})
            raise PasswordWrong
        await self.throttle.forgive(f"confirm:{user_id}")
        return user

    async def _warn(self, user_id: str | None, tries: int, doing: str) -> None:
        """Ring the bell where somebody may be guessing; it takes the same time whoever it is about."""
        if is_guessing(tries):
            async with self.database.transaction() as transaction:
                self.bell.ring(
                    transaction, user_id, f"{tries} times within an hour, {doing} failed", self.clock()
                )

    def _refusal(self) -> str:
        # The same for everybody: a right password of an unconfirmed account must not give it away.
        wrong = "Email, username or password is wrong"
        if self.confirmed_only:
            return f"{wrong}, or the email address is not confirmed yet: look for our mail."
        return f"{wrong}."


async def _add(users: UserRepository, row: UserRow) -> None:
    await users.add(row)
    await EventRepository(users.session).start_counter(row.id)
    await users.session.flush()


def _taken(address_is_secret: bool) -> AccountTaken:
    if address_is_secret:
        return AccountTaken("That username is taken; choose another.")
    return AccountTaken("That email address or username is taken; sign in, or choose another.")
