"""Who may: an admin, signed in by a session. An API key never reaches these routes (`api_keys/powers.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from hivesync_contract.errors import ErrorCode, HiveSyncError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from hivesync_server.auth.dependencies import CurrentPrincipal, reading
from hivesync_server.auth.repository import UserRepository
from hivesync_server.auth.services import AccountsDep
from hivesync_server.resources import ResourcesDep


class AdminsOnly(HiveSyncError):
    """The caller is signed in, and no admin."""

    code = ErrorCode.FORBIDDEN

    def __init__(self) -> None:
        super().__init__("Only the administrators of this server may do this.")


@dataclass(frozen=True, slots=True)
class Admin:
    """The admin who asks."""

    user_id: str
    username: str


async def admin_of(session: AsyncSession, user_id: str) -> Admin:
    """Give a user who is an admin at this moment, or raise `AdminsOnly`."""
    user = await UserRepository(session).by_id(user_id)
    if user is None or not user.is_admin or user.disabled_at is not None:
        raise AdminsOnly
    return Admin(user.id, user.username)


async def _admin(connection: HTTPConnection, principal: CurrentPrincipal, resources: ResourcesDep) -> Admin:
    async with reading(connection, resources) as session:
        return await admin_of(session, principal.user_id)


AdminDep = Annotated[Admin, Depends(_admin)]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Asks an admin for the password again, before what can't be undone by going back a page."""

    admin: Admin
    accounts: AccountsDep

    async def check(self, password: str) -> None:
        """Raise `PasswordWrong` or `TooManyTries` unless it is the admin's own."""
        await self.accounts.confirm(self.admin.user_id, password)


async def _confirmation(admin: AdminDep, accounts: AccountsDep) -> Confirmation:
    return Confirmation(admin, accounts)


ConfirmationDep = Annotated[Confirmation, Depends(_confirmation)]
