"""Registering and signing in, and what neither may tell or let anyone set."""

from __future__ import annotations

import statistics
import time

import httpx
import pytest
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser

LOGIN = "/api/v1/auth/login"
REGISTER = "/api/v1/auth/register"


async def test_an_account_signs_in_by_email_and_by_username(
    ann: BackendUser, client: httpx.AsyncClient
) -> None:
    for who in ({"login": "ann"}, {"login": "ANN@Example.com"}, {"email": "ann@example.com"}):
        answer = await client.post(LOGIN, json=who | {"password": PASSWORD})
        assert answer.status_code == 200
        tokens = answer.json()
        assert tokens["token_type"] == "Bearer"
        assert tokens["expires_in"] <= 900
        assert answer.headers["cache-control"] == "no-store"
        me = await client.get(
            "/api/v1/auth/me", headers={"Authorization": f"Bearer {tokens['access_token']}"}
        )
        assert me.json() == ann.profile


@pytest.mark.any_database
async def test_local_accounts_start_at_premium(ann: BackendUser) -> None:
    assert ann.profile["tier"] == "premium"


@pytest.mark.parametrize(
    "taken",
    [{"email": "ANN@example.com", "username": "other"}, {"email": "o@example.com", "username": "ann"}],
)
async def test_a_taken_address_and_a_taken_name_get_the_same_answer(
    ann: BackendUser, client: httpx.AsyncClient, taken: dict[str, str]
) -> None:
    answer = await client.post(REGISTER, json=taken | {"password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")
    assert "email address or username" in answer.json()["detail"]


async def test_a_wrong_password_and_an_unknown_account_can_not_be_told_apart(
    ann: BackendUser, client: httpx.AsyncClient
) -> None:
    answers = [
        (await client.post(LOGIN, json={"login": login, "password": "not the password"})).json()
        for login in ("ann", "nobody", "nobody@example.com")
    ]
    for answer in answers:
        answer.pop("request_id")
        assert answer["code"] == "AUTH_INVALID"
    assert answers[0] == answers[1] == answers[2]


async def test_a_name_that_no_database_can_hold_is_nobodys(
    ann: BackendUser, client: httpx.AsyncClient
) -> None:
    answer = await client.post(LOGIN, json={"login": "ann\0", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (401, "AUTH_INVALID")


@pytest.mark.any_database
async def test_an_unknown_account_takes_as_long_as_a_known_one(
    ann: BackendUser, client: httpx.AsyncClient
) -> None:
    async def seconds(login: str) -> float:
        started = time.perf_counter()
        await client.post(LOGIN, json={"login": login, "password": "not the password"})
        return time.perf_counter() - started

    known, unknown = [], []
    for _ in range(6):  # as many as the throttle lets through
        known.append(await seconds("ann"))
        unknown.append(await seconds("nobody"))
    # Without the hash an unknown account would answer about ten times faster.
    assert statistics.median(unknown) > statistics.median(known) * 0.5


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no at sign"),
        ("email", "a@b\r\nBcc: c@d.example"),
        ("email", "a b@example.com"),
        ("email", "x" * 65 + "@example.com"),
        ("username", "ab"),
        ("username", "Upper"),
        ("username", "with space"),
        ("username", "a" * 33),
        ("password", "too short"),
        ("password", "x" * 257),
    ],
)
async def test_what_breaks_a_rule_is_refused_by_name(
    client: httpx.AsyncClient, field: str, value: str
) -> None:
    account = {"email": "a@example.com", "username": "ann", "password": PASSWORD}
    answer = await client.post(REGISTER, json=account | {field: value})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.any_database
@pytest.mark.parametrize("field", ["is_admin", "tier", "id", "email_verified", "password_hash"])
async def test_nobody_sets_what_is_not_theirs_to_set(client: httpx.AsyncClient, field: str) -> None:
    account = {"email": "a@example.com", "username": "ann", "password": PASSWORD, field: True}
    answer = await client.post(REGISTER, json=account)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
    assert (await client.post(LOGIN, json={"login": "ann", "password": PASSWORD})).status_code == 401


@pytest.mark.any_database
async def test_a_refused_password_is_not_repeated_in_the_answer(client: httpx.AsyncClient) -> None:
    account = {"email": "a@example.com", "username": "ann", "password": "hunter2"}
    assert "hunter2" not in (await client.post(REGISTER, json=account)).text


@pytest.mark.any_database
async def test_login_takes_one_name_not_two_and_not_none(client: httpx.AsyncClient) -> None:
    for names in ({}, {"login": "ann", "email": "ann@example.com"}):
        assert (await client.post(LOGIN, json=names | {"password": PASSWORD})).status_code == 422
