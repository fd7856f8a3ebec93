"""Who guesses passwords waits longer each time; who owns the account goes in."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_server.adapters.cache import MemoryCache
from hivesync_server.auth.throttle import Throttle, TooManyTries

from tests.server.accounts.conftest import Mailbox

pytestmark = pytest.mark.any_database
HOME, ELSEWHERE, FAR = "198.51.100.7", "203.0.113.9", "192.0.2.1"


async def login(
    client: httpx.AsyncClient, name: str, password: str, address: str = ELSEWHERE, agent: str = "program"
) -> httpx.Response:
    headers = {"X-Real-IP": address, "User-Agent": agent}
    body = {"login": name, "password": password}
    return await client.post("/api/v1/auth/login", json=body, headers=headers)


@pytest.mark.parametrize("name", ["ann", "nobody"])
async def test_guessing_one_account_is_slowed_down_from_wherever(
    ann: BackendUser, client: httpx.AsyncClient, name: str
) -> None:
    statuses = [(await login(client, name, "wrong", f"203.0.{n}.1")).status_code for n in range(7)]
    assert statuses == [401] * 6 + [429]
    refused = await login(client, name, PASSWORD, FAR)
    assert (refused.status_code, refused.json()["code"]) == (429, "RATE_LIMITED")
    assert int(refused.headers["retry-after"]) >= 8


async def test_name_and_address_of_an_account_are_one(ann: BackendUser, client: httpx.AsyncClient) -> None:
    names = ["ann", ann.email] * 4
    statuses = [(await login(client, name, "wrong")).status_code for name in names]
    assert statuses == [401] * 6 + [429] * 2


async def test_strangers_lock_no_owner_out(ann: BackendUser, client: httpx.AsyncClient) -> None:
    assert (await login(client, "ann", PASSWORD, HOME)).status_code == 200
    for _ in range(8):
        await login(client, "ann", "wrong", ELSEWHERE)
    assert (await login(client, "ann", PASSWORD, ELSEWHERE)).status_code == 429
    assert (await login(client, "ann", PASSWORD, HOME.replace(".7", ".8"))).status_code == 200


async def test_guesses_that_come_at_once_are_counted_too(ann: BackendUser, client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(login(client, "ann", "wrong") for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [401] * 6 + [429] * 6


async def test_the_right_password_clears_an_accounts_failures(
    ann: BackendUser, client: httpx.AsyncClient
) -> None:
    for _ in range(3):
        for _ in range(4):
            assert (await login(client, "ann", "wrong")).status_code == 401
        assert (await login(client, "ann", PASSWORD)).status_code == 200


async def test_the_wait_doubles_and_ends() -> None:
    now = 0.0
    throttle = Throttle(MemoryCache(lambda: now))
    await throttle.admit("x", 0)
    for wait in (8, 16, 32, 64, 128):
        now += wait - 0.5
        with pytest.raises(TooManyTries):
            await throttle.admit("x", 0)
        now += 0.5
        await throttle.admit("x", 0)


async def test_a_protected_act_can_not_be_guessed_either(ann: BackendUser) -> None:
    body = {"current_password": "wrong", "new_password": "another long password"}
    path = "/api/v1/auth/password/change"
    statuses = [(await ann.client.post(path, json=body)).status_code for _ in range(7)]
    assert statuses == [403] * 6 + [429]


async def test_only_a_new_device_on_a_new_network_is_told_of(
    ann: BackendUser, client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    async def told() -> int:
        return (await mailbox.subjects(ann.email)).count("New sign-in to HiveSync")

    await login(client, "ann", PASSWORD, "127.0.0.1", "another program")  # the network is known
    await login(client, "ann", PASSWORD, HOME, "another program")  # the program is known
    assert await told() == 0
    await login(client, "ann", PASSWORD, FAR, "a third program")
    await login(client, "ann", PASSWORD, FAR, "a third program")
    assert await told() == 1
