"""Forgotten and changed passwords: who gets a link, what it can do, and what ends by it."""

from __future__ import annotations

import asyncio
import statistics
import time

import httpx
import pytest
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.running_backend import MovableClock

from tests.server.accounts.conftest import Mailbox

NEW = "another long password"
ME = "/api/v1/auth/me"


async def forgot(client: httpx.AsyncClient, email: str) -> httpx.Response:
    return await client.post("/api/v1/auth/password/forgot", json={"email": email})


async def reset(client: httpx.AsyncClient, token: str, password: str = NEW) -> int:
    body = {"token": token, "password": password}
    return (await client.post("/api/v1/auth/password/reset", json=body)).status_code


async def login(client: httpx.AsyncClient, password: str) -> int:
    body = {"login": "ann", "password": password}
    return (await client.post("/api/v1/auth/login", json=body)).status_code


async def change(user: BackendUser, current: str, **more: bool) -> httpx.Response:
    body = {"current_password": current, "new_password": NEW, **more}
    return await user.client.post("/api/v1/auth/password/change", json=body)


async def test_a_forgotten_password_is_set_anew_once_and_ends_all_sessions(
    ann: BackendUser, client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    await forgot(client, "ANN@example.com")
    token = await mailbox.token(ann.email, "reset")
    # However many come at once, the link works once.
    answers = await asyncio.gather(*(reset(client, token) for _ in range(4)))
    assert sorted(answers) == [204, 404, 404, 404]
    assert (await ann.client.get(ME)).status_code == 401
    assert (await login(client, PASSWORD), await login(client, NEW)) == (401, 200)
    assert (await mailbox.subjects(ann.email))[-1] == "Your password was reset"


async def test_the_answer_does_not_tell_who_has_an_account(
    ann: BackendUser, client: httpx.AsyncClient
) -> None:
    answers = [await forgot(client, email) for email in (ann.email, "nobody@example.com")]
    assert [(answer.status_code, answer.content) for answer in answers] == [(202, b"null")] * 2


@pytest.mark.any_database
async def test_nor_does_its_time(ann: BackendUser, client: httpx.AsyncClient) -> None:
    async def seconds(email: str) -> float:
        started = time.perf_counter()
        await forgot(client, email)
        return time.perf_counter() - started

    known, unknown = [], []
    for _ in range(5):
        known.append(await seconds(ann.email))
        unknown.append(await seconds("nobody@example.com"))
    assert 0.4 < statistics.median(unknown) / statistics.median(known) < 2.5


@pytest.mark.any_database
async def test_a_reset_link_ends_after_an_hour_and_when_the_password_was_changed(
    ann: BackendUser, client: httpx.AsyncClient, mailbox: Mailbox, clock: MovableClock
) -> None:
    await forgot(client, ann.email)
    first = await mailbox.token(ann.email, "reset")
    clock.advance(hours=1, seconds=1)
    assert await reset(client, first) == 404
    await ann.sign_in()
    await forgot(client, ann.email)
    assert (await change(ann, PASSWORD)).status_code == 204
    assert await reset(client, await mailbox.token(ann.email, "reset"), PASSWORD) == 404


@pytest.mark.any_database
async def test_a_token_works_for_its_purpose_only(
    ann: BackendUser, client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    assert await reset(client, await mailbox.token(ann.email, "verify")) == 404
    assert await reset(client, "hsm_guess") == 404


@pytest.mark.any_database
async def test_a_mailbox_can_not_be_filled(
    ann: BackendUser, client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    statuses = [(await forgot(client, ann.email)).status_code for _ in range(31)]
    assert statuses == [202] * 30 + [429]
    assert len(await mailbox.subjects(ann.email)) == 5


async def test_changing_the_password_ends_the_other_sessions(
    ann: BackendUser, client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    phone = ann.tokens["access_token"]
    await ann.sign_in()
    assert (await change(ann, PASSWORD)).status_code == 204
    assert (await ann.client.get(ME)).status_code == 200
    assert (await client.get(ME, headers={"Authorization": f"Bearer {phone}"})).status_code == 401
    assert (await login(client, PASSWORD), await login(client, NEW)) == (401, 200)
    assert (await mailbox.subjects(ann.email))[-1] == "Your password was changed"


async def test_keys_end_by_a_reset_and_by_a_change_that_asks_for_it(
    ann: BackendUser, client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    async def works(key: str) -> bool:
        return (await client.get(ME, headers={"Authorization": f"Bearer {key}"})).status_code == 200

    keys = [(await ann.api_key())["key"]]
    assert (await change(ann, PASSWORD)).status_code == 204
    assert await works(keys[0]), "scripts go on after a change that was mere routine"
    assert (await change(ann, NEW, end_api_keys=True)).status_code == 204
    keys.append((await ann.api_key())["key"])
    assert [await works(key) for key in keys] == [False, True]
    await forgot(client, ann.email)
    assert await reset(client, await mailbox.token(ann.email, "reset")) == 204
    assert not await works(keys[1])


@pytest.mark.any_database
async def test_changing_the_password_needs_the_old_one(ann: BackendUser, client: httpx.AsyncClient) -> None:
    answer = await change(ann, "not the password")
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert await login(client, PASSWORD) == 200


@pytest.mark.any_database
async def test_a_device_that_was_approved_but_waits_gets_nothing_after_a_reset(
    ann: BackendUser, client: httpx.AsyncClient
) -> None:
    started = (await client.post("/api/v1/auth/device/code", data={"client_id": "x"})).json()
    browser = client
    page = (await browser.get("/device")).text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    form = {"csrf": csrf, "login": "ann", "password": PASSWORD, "user_code": started["user_code"]}
    await browser.post("/device/sign-in", data=form)
    page = (await browser.get(f"/device?user_code={started['user_code']}")).text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    decision = {"csrf": csrf, "user_code": started["user_code"], "decision": "approve"}
    assert "Signed in" in (await browser.post("/device/decision", data=decision)).text
    assert (await change(ann, PASSWORD)).status_code == 204
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    poll = {"grant_type": grant, "device_code": started["device_code"]}
    assert (await client.post("/api/v1/auth/device/token", data=poll)).json()["error"] == "invalid_grant"
