"""Sessions: rotation of refresh tokens, theft, sign-out."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server.settings import load

REFRESH = "/api/v1/auth/refresh"
ME = "/api/v1/auth/me"


async def refresh(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post(REFRESH, json={"refresh_token": token})


async def use(client: httpx.AsyncClient, tokens: dict[str, Any]) -> int:
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    return (await client.get(ME, headers=headers)).status_code


async def test_a_refresh_token_rotates(ann: BackendUser, client: httpx.AsyncClient) -> None:
    second = (await refresh(client, ann.tokens["refresh_token"])).json()
    assert second["refresh_token"] != ann.tokens["refresh_token"]
    assert await use(client, second) == 200


async def test_a_lost_answer_can_be_asked_for_again(
    ann: BackendUser, client: httpx.AsyncClient, clock: MovableClock
) -> None:
    first = (await refresh(client, ann.tokens["refresh_token"])).json()
    clock.advance(days=1)  # the laptop slept; its token has not retired, since nobody used the successor
    again = (await refresh(client, ann.tokens["refresh_token"])).json()
    assert again["refresh_token"] == first["refresh_token"]


async def test_two_refreshes_at_once_get_the_same_successor(
    ann: BackendUser, client: httpx.AsyncClient
) -> None:
    answers = await asyncio.gather(*(refresh(client, ann.tokens["refresh_token"]) for _ in range(5)))
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


@pytest.mark.parametrize("by", ["the access token", "the refresh token"])
async def test_a_token_retires_when_what_followed_is_used(
    ann: BackendUser, client: httpx.AsyncClient, clock: MovableClock, by: str
) -> None:
    old = ann.tokens["refresh_token"]
    second = (await refresh(client, old)).json()
    if by == "the access token":
        await use(client, second)
    else:
        await refresh(client, second["refresh_token"])

    clock.advance(seconds=20)
    assert (await refresh(client, old)).json()["refresh_token"] == second["refresh_token"]
    clock.advance(seconds=20)
    assert (await refresh(client, old)).status_code == 401


async def test_using_the_first_access_token_retires_nothing(
    ann: BackendUser, client: httpx.AsyncClient, clock: MovableClock
) -> None:
    await use(client, ann.tokens)
    clock.advance(hours=1)
    assert (await refresh(client, ann.tokens["refresh_token"])).status_code == 200


async def test_a_stolen_token_ends_the_session_and_tells_the_user(
    ann: BackendUser, client: httpx.AsyncClient, clock: MovableClock
) -> None:
    stolen = ann.tokens["refresh_token"]
    second = (await refresh(client, stolen)).json()
    await use(client, second)
    clock.advance(seconds=31)

    answer = await refresh(client, stolen)
    assert (answer.status_code, answer.json()["code"]) == (401, "AUTH_INVALID")
    assert await use(client, second) == 401
    assert (await refresh(client, second["refresh_token"])).status_code == 401
    assert "HiveSync ended a session of yours" in (await client.get("/dev/outbox")).text


async def test_a_theft_ends_only_the_session_it_happened_to(
    ann: BackendUser, client: httpx.AsyncClient, clock: MovableClock
) -> None:
    stolen = ann.tokens["refresh_token"]
    await use(client, (await refresh(client, stolen)).json())
    await ann.sign_in()
    clock.advance(seconds=31)
    await refresh(client, stolen)
    assert (await ann.client.get(ME)).status_code == 200


async def test_an_unused_session_expires(
    ann: BackendUser, client: httpx.AsyncClient, clock: MovableClock
) -> None:
    clock.advance(days=31)
    answer = await refresh(client, ann.tokens["refresh_token"])
    assert (answer.status_code, answer.json()["code"]) == (401, "AUTH_EXPIRED")


async def test_signing_out_ends_the_session_at_once(ann: BackendUser, client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/auth/logout", json={"refresh_token": ann.tokens["refresh_token"]})
    assert answer.status_code == 204
    assert await use(client, ann.tokens) == 401
    assert (await refresh(client, ann.tokens["refresh_token"])).status_code == 401


async def test_signing_out_twice_is_no_error(ann: BackendUser, client: httpx.AsyncClient) -> None:
    for _ in range(2):
        body = {"refresh_token": ann.tokens["refresh_token"]}
        assert (await client.post("/api/v1/auth/logout", json=body)).status_code == 204


async def test_a_user_sees_and_ends_their_sessions(ann: BackendUser, client: httpx.AsyncClient) -> None:
    phone = ann.tokens
    await ann.sign_in()
    sessions = (await ann.client.get("/api/v1/auth/sessions")).json()["items"]
    assert [session["current"] for session in sessions] == [True, False]
    ended = await ann.client.delete(f"/api/v1/auth/sessions/{sessions[1]['id']}")
    assert ended.status_code == 204
    assert await use(client, phone) == 401


async def test_nobody_ends_the_session_of_another(ann: BackendUser, bob: BackendUser) -> None:
    session = (await ann.client.get("/api/v1/auth/sessions")).json()["items"][0]
    answer = await bob.client.delete(f"/api/v1/auth/sessions/{session['id']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert (await ann.client.get(ME)).status_code == 200


async def test_sessions_survive_the_rotation_of_the_secret(
    ann: BackendUser, backend: RunningBackend, environ: dict[str, str]
) -> None:
    first = (await refresh(ann.client, ann.tokens["refresh_token"])).json()
    base = backend.settings.http.base_url
    rotated = environ | {
        "BASE_URL": base,
        "JWT_SECRET": "n" * 32,
        "JWT_SECRET_PREVIOUS": environ["JWT_SECRET"],
    }
    async with RunningBackend(load(rotated)) as restarted:
        address = f"http://127.0.0.1:{restarted.settings.http.port}"
        async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
            assert await use(client, ann.tokens) == 200
            again = (await refresh(client, ann.tokens["refresh_token"])).json()
    assert again["refresh_token"] == first["refresh_token"]
