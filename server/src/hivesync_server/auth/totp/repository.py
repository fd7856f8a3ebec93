"""Queries on second factors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.auth.totp.tables import RecoveryCodeRow, TotpRow


@dataclass(frozen=True, slots=True)
class TotpRepository:
    """Authenticators and recovery codes of one user at a time."""

    session: AsyncSession

    async def of_user(self, user_id: str) -> TotpRow | None:
        return await self.session.get(TotpRow, user_id)

    async def locked(self, user_id: str) -> TotpRow | None:
        """Give an authenticator that nobody else changes until this transaction ends."""
        query = select(TotpRow).where(TotpRow.user_id == user_id).with_for_update()
        return await self.session.scalar(query.execution_options(populate_existing=True))

    async def put(self, row: TotpRow) -> None:
        await self.session.merge(row)
        await self.session.flush()

    async def remove(self, user_id: str) -> None:
        """Forget the authenticator and all recovery codes."""
        await self.session.execute(delete(TotpRow).where(TotpRow.user_id == user_id))
        await self.replace_recovery_codes(user_id, ())

    async def replace_recovery_codes(self, user_id: str, hashes: Iterable[bytes]) -> None:
        await self.session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.user_id == user_id))
        self.session.add_all(RecoveryCodeRow(user_id=user_id, code_hash=code_hash) for code_hash in hashes)
        await self.session.flush()

    async def use_recovery_code(self, user_id: str, code_hash: bytes) -> bool:
        """Use a code up; tell whether it was there."""
        mine = RecoveryCodeRow.user_id == user_id, RecoveryCodeRow.code_hash == code_hash
        result = await self.session.execute(delete(RecoveryCodeRow).where(*mine))
        return isinstance(result, CursorResult) and result.rowcount == 1

    async def count_recovery_codes(self, user_id: str) -> int:
        query = select(func.count()).select_from(RecoveryCodeRow).where(RecoveryCodeRow.user_id == user_id)
        return await self.session.scalar(query) or 0
