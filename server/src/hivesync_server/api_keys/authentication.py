"""Recognises a presented key."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from hivesync_contract.api_keys import ApiKeyScope, is_api_key
from hivesync_contract.errors import HiveSyncError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import Database, give_back
from hivesync_server.api_keys.powers import KeyPowers
from hivesync_server.api_keys.repository import ApiKeyRepository
from hivesync_server.api_keys.secret import key_hash
from hivesync_server.api_keys.tables import ApiKeyRow
from hivesync_server.auth.errors import AccountDisabled, AuthExpired, AuthInvalid
from hivesync_server.auth.tables import UserRow

USE_NOTED_EVERY = timedelta(minutes=1)
"""Else every read by a key would be a write."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that is right."""

    key_id: str
    user: UserRow
    powers: KeyPowers


@dataclass(frozen=True, slots=True)
class ApiKeyAuthentication:
    """See the module."""

    database: Database
    clock: Clock

    async def recognise(self, key: str, reading: AsyncSession) -> KnownKey:
        """Give whose key it is and what it may do, or raise `AuthInvalid` or `AuthExpired`."""
        if not is_api_key(key):
            raise AuthInvalid("The API key is incomplete or mistyped; copy it again.")
        keys = ApiKeyRepository(reading)
        found = await keys.with_user(key_hash(key))
        if found is None:
            raise AuthInvalid("The API key is unknown or was deleted; make another one.")
        row, user = found
        if user.disabled_at is not None:
            raise AccountDisabled
        projects = frozenset((await keys.projects([row.id]))[row.id]) if row.limited else None
        now = self.clock()
        if row.expires_at is not None and row.expires_at <= now:
            raise AuthExpired("The API key has expired; make another one.")
        if row.last_used_at is None or row.last_used_at <= now - USE_NOTED_EVERY:
            await give_back(reading)
            await self._note_use(row)
        return KnownKey(row.id, user, KeyPowers(ApiKeyScope(row.scope), projects))

    async def _note_use(self, row: ApiKeyRow) -> None:
        try:
            async with self.database.transaction() as transaction:
                await ApiKeyRepository(transaction.session).note_use(row.id, self.clock(), USE_NOTED_EVERY)
        except (SQLAlchemyError, HiveSyncError):
            # A full disk must not keep a key from reading.
            _logger.warning("use of an API key not noted", extra={"api_key": row.id})
