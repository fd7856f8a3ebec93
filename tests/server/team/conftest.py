"""Teams as their users make them: by invites over the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.auth.tables import UserRow
from sqlalchemy import update

Confirm = Callable[[BackendUser], Awaitable[None]]
SignUp = Callable[[str], Awaitable[BackendUser]]


@pytest.fixture
def confirm(backend: RunningBackend) -> Confirm:
    """Has a user's address confirmed."""

    async def run(user: BackendUser) -> None:
        async with backend.resources.database.transaction() as transaction:
            statement = update(UserRow).where(UserRow.id == user.profile["id"])
            await transaction.session.execute(statement.values(email_verified=True))

    return run


def team_path(project: str) -> str:
    return f"/api/v1/projects/{project}/team"


async def invite(owner: BackendUser, project: str, **whom: str) -> httpx.Response:
    return await owner.client.post(f"{team_path(project)}/invites", json=whom)


async def invited(owner: BackendUser, project: str, **whom: str) -> str:
    """Invite and give the invite's id."""
    answer = await invite(owner, project, **whom)
    answer.raise_for_status()
    return str(answer.json()["id"])


async def accept(user: BackendUser, invite_id: str) -> httpx.Response:
    return await user.client.post(f"/api/v1/invites/{invite_id}/accept")


async def join(owner: BackendUser, project: str, user: BackendUser) -> None:
    """Make a user a member."""
    (await accept(user, await invited(owner, project, username=user.username))).raise_for_status()


async def items(user: BackendUser, path: str, **query: str | int) -> list[dict[str, Any]]:
    answer = await user.client.get(path, params=query)
    answer.raise_for_status()
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def roles(user: BackendUser, project: str) -> dict[str, str]:
    """Give the team's names and roles."""
    return {member["username"]: member["role"] for member in await items(user, team_path(project))}
