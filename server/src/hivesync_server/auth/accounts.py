"""Accounts: made once, and recognised by password. Nothing here tells who exists and who does not."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from hivesync_contract.identity import Tier
from sqlalchemy.exc import IntegrityError

from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import Database, Transaction
from hivesync_server.adapters.ids import new_id
from hivesync_server.auth.errors import AccountTaken, AuthInvalid
from hivesync_server.auth.passwords import Passwords
from hivesync_server.auth.repository import UserRepository
from hivesync_server.auth.tables import UserRow
from hivesync_server.events.repository import EventRepository
from hivesync_server.logs import masked_email

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Checked input of `register`, in its stored form."""

    email: str
    username: str
    password: str
    tier: Tier
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class Accounts:
    """Register and recognise. Hashing takes long, so no transaction is open while it runs."""

    database: Database
    passwords: Passwords
    clock: Clock

    async def register(self, account: NewAccount, transaction: Transaction) -> UserRow:
        """Make an account, or raise `AccountTaken`."""
        password_hash = await self.passwords.hash(account.password)
        users = UserRepository(transaction.session)
        if await users.is_taken(account.email, account.username):
            raise _taken()
        row = UserRow(
            id=new_id(),
            email=account.email,
            username=account.username,
            password_hash=password_hash,
            tier=account.tier.value,
            is_admin=account.is_admin,
            email_verified=False,
            created_at=self.clock(),
        )
        try:
            await users.add(row)
        except IntegrityError as error:  # two at the same moment
            raise _taken() from error
        await EventRepository(transaction.session).start_counter(row.id)
        return row

    async def recognise(self, login: str, password: str) -> UserRow:
        """Give the account that `login` and `password` belong to, or raise `AuthInvalid`."""
        async with self.database.transaction(writes=False) as transaction:
            user = await UserRepository(transaction.session).by_login(login)
        right = await self.passwords.matches(user.password_hash if user else None, password)
        if user is None or not right:
            _logger.info("sign-in refused", extra={"login": masked_email(login)})
            raise AuthInvalid("Login or password is wrong.")
        return user


def _taken() -> AccountTaken:
    return AccountTaken("That email address or username is taken; sign in, or choose another.")
