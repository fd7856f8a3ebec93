"""Queries on device codes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.auth.tables import DeviceCodeRow


@dataclass(frozen=True, slots=True)
class DeviceCodeRepository:
    """Sign-ins that wait."""

    session: AsyncSession

    async def add(self, row: DeviceCodeRow) -> None:
        self.session.add(row)
        await self.session.flush()

    async def by_device_code(self, code_hash: bytes) -> DeviceCodeRow | None:
        """Give and lock the sign-in of a polling program."""
        query = select(DeviceCodeRow).where(DeviceCodeRow.device_code_hash == code_hash).with_for_update()
        return await self.session.scalar(query)

    async def by_user_code(self, user_code: str) -> DeviceCodeRow | None:
        """Give and lock the sign-in a user has typed the code of."""
        query = select(DeviceCodeRow).where(DeviceCodeRow.user_code == user_code).with_for_update()
        return await self.session.scalar(query)
