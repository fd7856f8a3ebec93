"""Guesses at an administrator: told once, by whichever server is alive, and by no answer's time or text."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_dev.waiting import until
from hivesync_server import operations
from hivesync_server.adapters.db import Database
from hivesync_server.alerts.tables import AlertRingRow, AlertRow
from hivesync_server.auth.throttle import FREE_PER_ACCOUNT
from hivesync_server.settings import Settings
from sqlalchemy import func, select

from tests.server.accounts.test_totp import turn_on

pytestmark = pytest.mark.any_database
ADMINS = ("first", "second")


async def guess(client: httpx.AsyncClient, login: str) -> int:
    body = {"login": login, "password": "not the password"}
    return (await client.post("/api/v1/auth/login", json=body)).status_code


async def raised(database: Database) -> list[tuple[str, int]]:
    """Give texts and counts of alerts; none while something that rang waits."""
    async with database.transaction(writes=False) as transaction:
        if await transaction.session.scalar(select(func.count()).select_from(AlertRingRow)):
            return []
        rows = await transaction.session.scalars(select(AlertRow).order_by(AlertRow.text))
        return [(row.text, row.count) for row in rows]


async def test_what_rang_before_a_kill_is_told_once_by_another_server(
    environ: dict[str, str], settings: Settings
) -> None:
    for name in ADMINS:
        await operations.create_admin(settings, f"{name}@example.com", name, PASSWORD)
    server = await BackendProcess(environ).start()
    try:
        async with server.client() as client:
            for _ in range(FREE_PER_ACCOUNT):
                answers = await asyncio.gather(*(guess(client, name) for name in ADMINS))
                assert answers == [401] * len(ADMINS)
    finally:
        await server.kill()

    async with RunningBackend(settings) as other:

        async def told() -> list[tuple[str, int]]:
            return await raised(other.resources.database)

        alerts = await until(told)
    ends = [f"failed for the administrator “{name}”" for name in ADMINS]
    assert [(text[-len(end) :], count) for (text, count), end in zip(alerts, ends, strict=True)] == [
        (end, 1) for end in ends
    ]


async def test_guesses_at_nobody_and_at_users_leave_the_same_trace_and_no_alert(
    ann: BackendUser,
    bob: BackendUser,
    backend: RunningBackend,
    client: httpx.AsyncClient,
    clock: MovableClock,
) -> None:
    database = backend.resources.database
    for login in ("bob", "nobody"):
        assert [await guess(client, login) for _ in range(FREE_PER_ACCOUNT)] == [401] * FREE_PER_ACCOUNT
    body = {"current_password": "wrong", "new_password": "another long password"}
    for _ in range(FREE_PER_ACCOUNT):
        assert (await bob.client.post("/api/v1/auth/password/change", json=body)).status_code == 403

    async def heard() -> bool:
        async with database.transaction(writes=False) as transaction:
            return not await transaction.session.scalar(select(func.count()).select_from(AlertRingRow))

    await until(heard)
    assert await raised(database) == []

    for _ in range(FREE_PER_ACCOUNT):
        assert (await ann.client.post("/api/v1/auth/password/change", json=body)).status_code == 403

    async def told() -> list[tuple[str, int]]:
        return await raised(database)

    ((text, count),) = await until(told)
    assert (count, "the password for a protected act failed for the administrator “ann”" in text) == (1, True)


async def test_wrong_codes_of_an_administrator_are_told_although_the_request_is_undone(
    ann: BackendUser, backend: RunningBackend, client: httpx.AsyncClient, clock: MovableClock
) -> None:
    await turn_on(ann, clock)
    for number in range(FREE_PER_ACCOUNT):
        body = {"login": "ann", "password": PASSWORD, "totp_code": f"{number:06}"}
        assert (await client.post("/api/v1/auth/login", json=body)).json()["code"] == "TOTP_INVALID"

    async def told() -> list[tuple[str, int]]:
        return await raised(backend.resources.database)

    ((text, count),) = await until(told)
    assert (count, "the second step after a right password" in text) == (1, True)
