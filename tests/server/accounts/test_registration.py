"""Registering where only confirmed accounts work: nobody learns from any answer who has an account."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hivesync_dev.servers.backend_user import PASSWORD
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server.housekeeping import Housekeeping

from tests.server.accounts.conftest import Mailbox


async def register(client: httpx.AsyncClient, username: str, email: str) -> httpx.Response:
    account = {"email": email, "username": username, "password": PASSWORD}
    return await client.post("/api/v1/auth/register", json=account)


async def login(client: httpx.AsyncClient, name: str, password: str = PASSWORD) -> tuple[int, str]:
    answer = await client.post("/api/v1/auth/login", json={"login": name, "password": password})
    return answer.status_code, answer.json().get("detail", "")


async def confirm(client: httpx.AsyncClient, token: str) -> int:
    return (await client.post("/api/v1/auth/email/verify", json={"token": token})).status_code


async def test_an_account_works_once_its_address_is_confirmed(
    strict: RunningBackend, visitor: httpx.AsyncClient
) -> None:
    assert (await register(visitor, "ann", "ann@example.com")).status_code == 201
    assert (await login(visitor, "ann"))[0] == 401
    token = await Mailbox(strict).token("ann@example.com", "verify")
    assert await confirm(visitor, token) == 204
    assert (await login(visitor, "ann"))[0] == 200
    assert await confirm(visitor, token) == 404


async def test_a_known_address_can_not_be_told_from_a_free_one(
    strict: RunningBackend, visitor: httpx.AsyncClient
) -> None:
    def seen(answer: httpx.Response) -> tuple[int, dict[str, Any]]:
        hidden = {"id", "email", "username", "created_at"}
        return answer.status_code, {name: v for name, v in answer.json().items() if name not in hidden}

    free = await register(visitor, "ann", "ann@example.com")
    known = await register(visitor, "eve", "ann@example.com")
    assert seen(known) == seen(free)
    assert free.json().keys() == known.json().keys()
    # Neither does the next step tell: signing in, or the name, which now seems taken in both cases.
    assert await login(visitor, "ann") == await login(visitor, "eve") == await login(visitor, "nobody")
    for name in ("ann", "eve"):
        again = await register(visitor, name, "other@example.com")
        assert (again.status_code, again.json()["code"]) == (409, "CONFLICT")
    assert await Mailbox(strict).subjects("ann@example.com") == [
        "Confirm your email address",
        "You have a HiveSync account already",
    ]


@pytest.mark.any_database
async def test_what_nobody_confirmed_is_free_again_after_a_week(
    strict: RunningBackend, visitor: httpx.AsyncClient, clock: MovableClock
) -> None:
    for name in ("ann", "eve"):
        await register(visitor, name, "ann@example.com")
    await register(visitor, "bob", "bob@example.com")
    await confirm(visitor, await Mailbox(strict).token("bob@example.com", "verify"))
    clock.advance(days=8)
    await Housekeeping(strict.resources.database, clock, confirmed_only=True).sweep()
    assert (await register(visitor, "eve", "ann@example.com")).status_code == 201
    assert (await register(visitor, "bob", "c@example.com")).status_code == 409
    assert (await login(visitor, "bob"))[0] == 200


@pytest.mark.any_database
async def test_a_link_is_mailed_again_to_those_who_wait_only(
    strict: RunningBackend, visitor: httpx.AsyncClient
) -> None:
    await register(visitor, "ann", "ann@example.com")
    answers = [
        await visitor.post("/api/v1/auth/email/resend", json={"email": email})
        for email in ("ann@example.com", "nobody@example.com")
    ]
    assert [(answer.status_code, answer.content) for answer in answers] == [(202, b"null")] * 2
    box = Mailbox(strict)
    assert (await box.subjects("ann@example.com")).count("Confirm your email address") == 2
    assert await box.subjects("nobody@example.com") == ["There is no HiveSync account for this address"]


@pytest.mark.any_database
async def test_a_link_ends_after_three_days(
    strict: RunningBackend, visitor: httpx.AsyncClient, clock: MovableClock
) -> None:
    await register(visitor, "ann", "ann@example.com")
    token = await Mailbox(strict).token("ann@example.com", "verify")
    clock.advance(days=3, seconds=1)
    assert await confirm(visitor, token) == 404
