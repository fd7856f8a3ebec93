"""The second factor: set up, asked for, used once, lost, replaced; never told to who lacks the password."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pyotp
import pytest
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server.auth.totp.tables import RecoveryCodeRow, TotpRow
from sqlalchemy import select

from tests.server.accounts.conftest import Mailbox

TOTP = "/api/v1/auth/totp"


class App:
    """An authenticator app whose clock is the backend's."""

    def __init__(self, secret: str, clock: MovableClock) -> None:
        self.secret, self.clock = secret, clock

    def code(self, steps: int = 0) -> str:
        """Give the code that is, was or will be shown."""
        return pyotp.TOTP(self.secret).at(self.clock() + timedelta(seconds=30 * steps))

    def next(self) -> str:
        """Wait for the next code, which then has its time before it."""
        self.clock.advance(seconds=31 - self.clock().timestamp() % 30)
        return self.code()


async def post(user: BackendUser, path: str = "", **body: str) -> httpx.Response:
    return await user.client.post(TOTP + path, json=body)


async def turn_on(user: BackendUser, clock: MovableClock) -> tuple[App, list[str]]:
    enrolment = (await post(user, password=PASSWORD)).json()
    app = App(enrolment["secret"], clock)
    confirmed = await post(user, "/confirm", code=app.code())
    assert confirmed.status_code == 200
    return app, confirmed.json()["codes"]


async def login(client: httpx.AsyncClient, password: str = PASSWORD, **proof: str) -> tuple[int, Any]:
    body = {"login": "ann", "password": password, **proof}
    answer = await client.post("/api/v1/auth/login", json=body)
    return answer.status_code, answer.json().get("code")


async def test_a_sign_in_needs_a_code_once_it_is_on_and_each_code_works_once(
    ann: BackendUser, client: httpx.AsyncClient, clock: MovableClock, mailbox: Mailbox
) -> None:
    started = await post(ann, password=PASSWORD)
    assert started.headers["cache-control"] == "no-store"
    app = App(started.json()["secret"], clock)
    assert started.json()["otpauth_uri"] == f"otpauth://totp/HiveSync:ann?secret={app.secret}&issuer=HiveSync"
    assert started.json()["qr_svg"].startswith("<svg ")
    # Until the app has shown a right code nothing is asked for: a lost phone must lock nobody out.
    assert await login(client) == (200, None)
    assert (await post(ann, "/confirm", code="000000")).json()["code"] == "TOTP_INVALID"
    code = app.code()
    assert len((await post(ann, "/confirm", code=f"{code[:3]} {code[3:]}")).json()["codes"]) == 10
    assert (await ann.client.get(TOTP)).json()["enabled"] is True
    assert (await mailbox.subjects(ann.email))[-1] == "Two-step sign-in is on"

    assert await login(client) == (401, "TOTP_REQUIRED")
    assert await login(client, totp_code=code) == (401, "TOTP_INVALID")
    fresh = app.next()
    # Of several that come at once with the same code one is let in.
    answers = await asyncio.gather(*(login(client, totp_code=fresh) for _ in range(4)))
    assert sorted(answers, key=str) == [(200, None), *[(401, "TOTP_INVALID")] * 3]
    # A code of one step ago, or ahead, is late typing or another clock; of two it is a copy.
    clock.advance(seconds=90)
    app.next()
    assert await login(client, totp_code=app.code(-2)) == (401, "TOTP_INVALID")
    assert await login(client, totp_code=app.code(-1)) == (200, None)
    assert await login(client, totp_code=app.code(1)) == (200, None)
    assert await login(client, totp_code=app.code()) == (401, "TOTP_INVALID")


@pytest.mark.any_database
async def test_a_wrong_password_is_told_nothing_and_codes_can_not_be_guessed(
    ann: BackendUser, client: httpx.AsyncClient, clock: MovableClock
) -> None:
    app, _ = await turn_on(ann, clock)
    assert await login(client, "not the password", totp_code=app.next()) == (401, "AUTH_INVALID")
    assert await login(client, "not the password") == (401, "AUTH_INVALID")
    wrong = [await login(client, totp_code=f"{number:06}") for number in range(8)]
    assert {status for status, _ in wrong[:5]} == {401}
    assert wrong[-1] == (429, "RATE_LIMITED")
    assert (await login(client, totp_code=app.next()))[0] == 429, "refused although right: it was no guess"
    assert await login(client, totp_code="12345") == (422, "VALIDATION_ERROR")


async def test_recovery_codes_replace_the_app_once_each_and_can_be_renewed(
    ann: BackendUser, client: httpx.AsyncClient, clock: MovableClock, mailbox: Mailbox
) -> None:
    app, codes = await turn_on(ann, clock)
    sloppy = codes[0].upper().replace("-", " ")
    answers = await asyncio.gather(*(login(client, recovery_code=sloppy) for _ in range(3)))
    assert sorted(answers, key=str) == [(200, None), *[(401, "TOTP_INVALID")] * 2]
    assert (await mailbox.subjects(ann.email))[-1] == "A recovery code was used"
    assert (await ann.client.get(TOTP)).json()["recovery_codes_left"] == 9
    fresh = await post(ann, "/recovery-codes", password=PASSWORD, totp_code=app.next())
    assert await login(client, recovery_code=codes[1]) == (401, "TOTP_INVALID")
    assert await login(client, recovery_code=fresh.json()["codes"][0]) == (200, None)


async def test_turning_it_off_needs_password_and_code(
    ann: BackendUser, client: httpx.AsyncClient, clock: MovableClock
) -> None:
    assert (await post(ann, "/disable", password=PASSWORD)).status_code == 409
    app, codes = await turn_on(ann, clock)
    assert (await post(ann, password=PASSWORD)).status_code == 409, "nobody replaces the app without its code"
    assert (await post(ann, "/confirm", code=app.next())).status_code == 409
    refused = [
        await post(ann, "/disable", password="not the password", totp_code=app.code()),
        await post(ann, "/disable", password=PASSWORD),
        await post(ann, "/disable", password=PASSWORD, totp_code="000000"),
    ]
    assert [answer.status_code for answer in refused] == [403, 401, 401]
    assert (await post(ann, "/disable", password=PASSWORD, totp_code=app.code())).status_code == 204
    assert await login(client) == (200, None)
    # Set up anew, the old recovery codes are worth nothing.
    await turn_on(ann, clock)
    assert await login(client, recovery_code=codes[0]) == (401, "TOTP_INVALID")


@pytest.mark.any_database
async def test_a_reset_password_leaves_it_on(
    ann: BackendUser, client: httpx.AsyncClient, clock: MovableClock, mailbox: Mailbox
) -> None:
    app, _ = await turn_on(ann, clock)
    await client.post("/api/v1/auth/password/forgot", json={"email": ann.email})
    body = {"token": await mailbox.token(ann.email, "reset"), "password": "another long password"}
    assert (await client.post("/api/v1/auth/password/reset", json=body)).status_code == 204
    assert await login(client, "another long password") == (401, "TOTP_REQUIRED")
    assert await login(client, "another long password", totp_code=app.next()) == (200, None)


@pytest.mark.any_database
async def test_secrets_are_sealed_codes_are_hashed_and_neither_is_repeated(
    ann: BackendUser, backend: RunningBackend, clock: MovableClock
) -> None:
    key = {"Idempotency-Key": "once"}
    body = {"password": PASSWORD}
    first = (await ann.client.post(TOTP, json=body, headers=key)).json()
    assert (await ann.client.post(TOTP, json=body, headers=key)).json() == dict.fromkeys(first)
    code = {"code": App(first["secret"], clock).code()}
    codes = (await ann.client.post(f"{TOTP}/confirm", json=code, headers=key)).json()["codes"]
    assert (await ann.client.post(f"{TOTP}/confirm", json=code, headers=key)).json() == {"codes": None}
    async with backend.resources.database.transaction(writes=False) as transaction:
        rows = (await transaction.session.scalars(select(TotpRow))).all()
        hashes = (await transaction.session.scalars(select(RecoveryCodeRow.code_hash))).all()
    assert first["secret"] not in rows[0].sealed_secret
    assert len(hashes) == 10
    assert not any(code.encode() in stored for code in codes for stored in hashes)


@pytest.mark.any_database
async def test_nobody_reaches_the_second_factor_of_another_and_no_key_reaches_any(
    ann: BackendUser, bob: BackendUser, clock: MovableClock
) -> None:
    app, _ = await turn_on(ann, clock)
    assert (await bob.client.get(TOTP)).json() == {
        "enabled": False,
        "enabled_at": None,
        "recovery_codes_left": 0,
    }
    assert (await post(bob, "/disable", password=PASSWORD, totp_code=app.next())).status_code == 409
    bob.client.headers["Authorization"] = f"Bearer {(await bob.api_key(scope='write'))['key']}"
    assert (await bob.client.get(TOTP)).status_code == 403
    assert (await post(bob, password=PASSWORD)).status_code == 403
