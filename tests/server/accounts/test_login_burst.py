"""Many sign-ins at once: others don't wait for them, and what can't be checked soon is refused at once."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.auth.passwords import HashingBusy, Passwords
from hivesync_server.auth.throttle import FREE_PER_ACCOUNT

pytestmark = pytest.mark.any_database


async def test_a_flood_is_refused_at_once_and_counts_as_no_wrong_password(
    ann: BackendUser, client: httpx.AsyncClient, backend: RunningBackend
) -> None:
    body = {"login": "ann", "password": PASSWORD}
    backend.resources.passwords.places = 0
    for _ in range(FREE_PER_ACCOUNT + 2):
        refused = await client.post("/api/v1/auth/login", json=body)
        assert (refused.status_code, refused.json()["code"]) == (429, "RATE_LIMITED")
        assert int(refused.headers["retry-after"]) == 3
    backend.resources.passwords.places = 1
    assert (await client.post("/api/v1/auth/login", json=body)).status_code == 200


async def test_the_queue_is_short_and_free_again_afterwards() -> None:
    passwords = Passwords(queue_max=4)
    results = await asyncio.gather(*(passwords.hash("x" * 10) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(result, HashingBusy) for result in results) == 16
    assert await passwords.matches(await passwords.hash("y" * 10), "y" * 10)
    passwords.close()


async def test_others_do_not_wait_for_hashes(client: httpx.AsyncClient, backend: RunningBackend) -> None:
    backend.resources.passwords.hasher = Passwords().hasher
    hashes = asyncio.gather(*(backend.resources.passwords.hash("x" * 10) for _ in range(30)))
    await asyncio.sleep(0)
    # Neither the loop nor the threads that everybody shares are taken.
    await asyncio.to_thread(time.sleep, 0)
    assert (await client.get("/api/v1/health")).status_code == 200
    assert not hashes.done(), "the machine is too fast for this test: it proves nothing"
    await hashes
