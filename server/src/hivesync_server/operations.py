"""What the operator does to single accounts and to the whole database, without a running server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.identity import Tier, User
from pydantic import TypeAdapter, ValidationError

from hivesync_server import backup
from hivesync_server.adapters.cache import MemoryCache
from hivesync_server.adapters.clock import utc_now
from hivesync_server.adapters.db import opened
from hivesync_server.audit.service import Audit, AuditAction
from hivesync_server.auth.accounts import Accounts, NewAccount
from hivesync_server.auth.passwords import Passwords
from hivesync_server.auth.repository import UserRepository
from hivesync_server.auth.schemas import RegisterBody, normal_login
from hivesync_server.auth.shapes import user_shape
from hivesync_server.auth.throttle import Throttle
from hivesync_server.http.fields import words_of
from hivesync_server.settings import Settings


class AccountUnknown(HiveSyncError):
    """No account has this email address or username."""

    code = ErrorCode.NOT_FOUND


class AccountInvalid(HiveSyncError):
    """The address, name or password breaks a rule of registration."""

    code = ErrorCode.VALIDATION_ERROR


async def set_tier(settings: Settings, login: str, tier: Tier) -> User:
    """Give an account another tier; it counts from the account's next request on."""
    async with opened(settings.database) as database, database.transaction() as transaction:
        user = await UserRepository(transaction.session).by_login(normal_login(login))
        if user is None:
            raise AccountUnknown(f"There is no account {login!r}.")
        user.tier = tier.value
        Audit(transaction.session, utc_now()).note(
            AuditAction.ADMIN_USER_CHANGED, None, user.id, {"tier": tier.value}
        )
        return user_shape(user)


async def create_admin(settings: Settings, email: str, username: str, password: str) -> User:
    """Make an account that may administer the server; its address counts as confirmed by the operator."""
    try:
        body = TypeAdapter(RegisterBody).validate_python(
            {"email": email, "username": username, "password": password}
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise AccountInvalid(f"{first['loc'][-1]}: {words_of(first)}") from error
    account = NewAccount(
        body.email, body.username, body.password, Tier.PREMIUM, is_admin=True, email_verified=True
    )
    async with opened(settings.database) as database, database.transaction() as transaction:
        accounts = Accounts(database, Passwords(), utc_now, Throttle(MemoryCache()))
        user = await accounts.register(account, transaction)
        Audit(transaction.session, utc_now()).note(AuditAction.ADMIN_CREATED, None, user.id)
        return user


async def save_backup(
    settings: Settings, path: Path, now: datetime, progress: Callable[[str], None]
) -> backup.Saved:
    """Write the whole database to a file."""
    async with opened(settings.database) as database:
        return await backup.save(database, path, now, progress)


async def restore_backup(
    settings: Settings, path: Path, progress: Callable[[str], None], *, replace: bool
) -> backup.Restored:
    """Fill the database from a file."""
    async with opened(settings.database) as database:
        return await backup.restore(database, path, progress, replace=replace)
