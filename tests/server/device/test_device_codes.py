"""Device sign-in as a program sees it (RFC 8628): form bodies in, tokens or OAuth errors out."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server.auth.device.service import normal_user_code
from hivesync_server.auth.tables import DeviceCodeRow
from sqlalchemy import update

CODE = "/api/v1/auth/device/code"
TOKEN = "/api/v1/auth/device/token"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"


async def begin(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.post(CODE, data={"client_id": "hivesync-agent", "device_name": "ann's laptop"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    started: dict[str, Any] = answer.json()
    return started


async def poll(client: httpx.AsyncClient, device_code: str) -> httpx.Response:
    return await client.post(TOKEN, data={"grant_type": GRANT, "device_code": device_code})


async def decide(backend: RunningBackend, user: BackendUser, state: str) -> None:
    """Decide as the page does, which has its own tests."""
    async with backend.resources.database.transaction() as transaction:
        values = {"state": state, "user_id": user.profile["id"]}
        await transaction.session.execute(update(DeviceCodeRow).values(values))


async def test_a_program_is_told_where_to_send_its_user(
    client: httpx.AsyncClient, backend: RunningBackend
) -> None:
    started = await begin(client)
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", started["user_code"])
    assert started["verification_uri"] == f"{backend.url}/device"
    assert started["verification_uri_complete"] == f"{backend.url}/device?user_code={started['user_code']}"
    assert started["expires_in"] == 900


async def test_an_approved_code_gives_tokens_once(
    client: httpx.AsyncClient, backend: RunningBackend, ann: BackendUser
) -> None:
    started = await begin(client)
    await decide(backend, ann, "approved")
    answer = await poll(client, started["device_code"])
    assert answer.headers["cache-control"] == "no-store"
    token = answer.json()["access_token"]
    me = await client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert me.json()["username"] == "ann"
    sessions = (await ann.client.get("/api/v1/auth/sessions")).json()["items"]
    assert sessions[0]["label"] == "hivesync-agent on ann's laptop"
    again = await poll(client, started["device_code"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


async def test_a_hurried_program_is_slowed_down_and_stays_so(
    client: httpx.AsyncClient, clock: MovableClock
) -> None:
    code = (await begin(client))["device_code"]

    async def told_after(seconds: float) -> str:
        clock.advance(seconds=seconds)
        return str((await poll(client, code)).json()["error"])

    assert await told_after(0) == "authorization_pending"
    assert await told_after(0) == "slow_down"  # from now on every 7 seconds
    assert await told_after(4) == "slow_down"  # every 12
    assert await told_after(8) == "slow_down"  # every 17
    assert await told_after(17) == "authorization_pending"


@pytest.mark.any_database
async def test_a_denied_and_an_expired_code_say_so(
    client: httpx.AsyncClient, backend: RunningBackend, ann: BackendUser, clock: MovableClock
) -> None:
    denied = (await begin(client))["device_code"]
    await decide(backend, ann, "denied")
    assert (await poll(client, denied)).json()["error"] == "access_denied"
    expired = (await begin(client))["device_code"]
    clock.advance(minutes=15)
    assert (await poll(client, expired)).json()["error"] == "expired_token"


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password", "device_code": "x"}, "unsupported_grant_type"),
        ({"device_code": "x"}, "unsupported_grant_type"),
        ({"grant_type": GRANT}, "invalid_request"),
        ({"grant_type": [GRANT, GRANT], "device_code": "hsd_unknown"}, "invalid_request"),
        ({"grant_type": GRANT, "device_code": "hsd_unknown"}, "invalid_grant"),
    ],
)
async def test_mistakes_are_answered_as_oauth_clients_expect(
    client: httpx.AsyncClient, form: dict[str, str | list[str]], error: str
) -> None:
    answer = await client.post(TOKEN, data=form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.any_database
async def test_a_clients_name_is_one_short_line(client: httpx.AsyncClient) -> None:
    twice = await client.post(CODE, data={"client_id": ["a", "b"]})
    assert (twice.status_code, twice.json()["error"]) == (400, "invalid_request")
    for name in ("a\nb", "x" * 121):
        assert (await client.post(CODE, data={"client_id": name})).status_code == 422


@pytest.mark.parametrize("typed", ["bcdf-ghjk", " BCDFGHJK ", "bcdf ghjk", "BCDF–GHJK"])
def test_a_code_may_be_typed_sloppily(typed: str) -> None:
    assert normal_user_code(typed) == "BCDF-GHJK"


@pytest.mark.parametrize("typed", ["", "ABCD-EFGH", "BCDF-GHJ", "BCDF-GHJKL", "' OR 1=1", "ＢＣＤＦＧＨＪＫ"])
def test_what_can_not_be_a_code_is_none(typed: str) -> None:
    assert normal_user_code(typed) == ""
