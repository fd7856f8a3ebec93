"""An admin, beside users of all kinds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.auth.tables import UserRow
from sqlalchemy import update

SignUp = Callable[[str], Awaitable[BackendUser]]
ROOT = "/api/v1/admin"


@pytest.fixture
async def owner(sign_up: SignUp, backend: RunningBackend) -> BackendUser:
    """The owner of the server, signed in."""
    user = await sign_up("owner")
    async with backend.resources.database.transaction() as transaction:
        change = update(UserRow).where(UserRow.id == user.profile["id"]).values(is_admin=True)
        await transaction.session.execute(change)
    return user


async def get(user: BackendUser, path: str, **query: str) -> Any:
    """Give what a route of admins shows."""
    answer = await user.client.get(ROOT + path, params=query)
    answer.raise_for_status()
    return answer.json()


async def actions(owner: BackendUser) -> list[str]:
    """Give what the audit log says, newest first."""
    return [entry["action"] for entry in (await get(owner, "/audit"))["items"]]


def confirmed(**fields: Any) -> dict[str, Any]:
    """Give a body with the password."""
    return {"password": PASSWORD, **fields}
