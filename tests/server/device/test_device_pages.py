"""The sign-in pages: what a person sees, and what a hostile page can't make their browser do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend

from tests.server.page_browser import Browser

GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture
async def browser(backend: RunningBackend) -> AsyncIterator[Browser]:
    async with backend.client() as client:
        yield Browser(client)


@pytest.fixture
async def stranger(backend: RunningBackend) -> AsyncIterator[Browser]:
    async with backend.client() as client:
        yield Browser(client)


@pytest.fixture
async def started(client: httpx.AsyncClient) -> dict[str, str]:
    """A sign-in that waits for its user."""
    form = {"client_id": "agent <script>", "device_name": "laptop"}
    codes: dict[str, str] = (await client.post("/api/v1/auth/device/code", data=form)).json()
    return codes


async def poll(client: httpx.AsyncClient, started: dict[str, str]) -> httpx.Response:
    form = {"grant_type": GRANT, "device_code": started["device_code"]}
    return await client.post("/api/v1/auth/device/token", data=form)


@pytest.mark.parametrize(("decision", "outcome"), [("approve", 200), ("deny", 400)])
async def test_a_person_signs_in_sees_what_asks_and_decides(
    ann: BackendUser,
    browser: Browser,
    client: httpx.AsyncClient,
    started: dict[str, str],
    decision: str,
    outcome: int,
) -> None:
    code = started["user_code"]
    answer = await browser.sign_in(code)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/device?user_code={code}")
    consent = await browser.open(answer.headers["location"])
    assert code in consent.text
    assert "agent &lt;script&gt; on laptop" in consent.text
    assert (await poll(client, started)).json()["error"] == "authorization_pending"
    assert (await browser.send("/device/decision", user_code=code, decision=decision)).status_code == 200
    answer = await poll(client, started)
    assert answer.status_code == outcome


pytestmark = pytest.mark.any_database


async def test_a_wrong_password_shows_the_form_again(
    ann: BackendUser, browser: Browser, started: dict[str, str]
) -> None:
    answer = await browser.sign_in(started["user_code"], "wrong password")
    assert answer.status_code == 401
    assert "Email, username or password is wrong." in answer.text
    assert 'name="login" value="ann"' in answer.text
    assert "wrong password" not in answer.text


async def test_a_form_without_this_browsers_token_is_refused(
    ann: BackendUser, browser: Browser, stranger: Browser, started: dict[str, str]
) -> None:
    await browser.sign_in(started["user_code"])
    await browser.open(f"/device?user_code={started['user_code']}")
    await stranger.open("/device")
    for csrf in ("", "0" * 64, stranger.csrf, "é"):
        form = {"csrf": csrf, "user_code": started["user_code"], "decision": "approve"}
        assert (await browser.client.post("/device/decision", data=form)).status_code == 403


async def test_nobody_approves_without_signing_in(
    ann: BackendUser, browser: Browser, client: httpx.AsyncClient, started: dict[str, str]
) -> None:
    await browser.open("/device")
    await browser.send("/device/decision", user_code=started["user_code"], decision="approve")
    assert (await poll(client, started)).json()["error"] == "authorization_pending"


async def test_a_cookie_from_before_the_sign_in_is_worth_nothing_after_it(
    ann: BackendUser, browser: Browser, stranger: Browser, started: dict[str, str]
) -> None:
    await stranger.open("/device")
    planted = dict(stranger.client.cookies)
    browser.client.cookies.update(planted)
    await browser.sign_in(started["user_code"])
    assert "Sign in to connect" in (await stranger.open("/device")).text


async def test_the_cookie_can_not_be_read_by_scripts_or_sent_by_other_pages(browser: Browser) -> None:
    cookie = (await browser.open("/device")).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


async def test_guessing_codes_ends_soon_even_for_a_right_one(
    ann: BackendUser, browser: Browser, client: httpx.AsyncClient, started: dict[str, str]
) -> None:
    code = started["user_code"]
    await browser.sign_in(code)
    await browser.open(f"/device?user_code={code}")
    statuses = [(await browser.open("/device?user_code=BBBB-BBBB")).status_code for _ in range(11)]
    assert statuses == [404] * 10 + [429]
    assert (await browser.open(f"/device?user_code={code}")).status_code == 429
    assert (await browser.send("/device/decision", user_code=code, decision="approve")).status_code == 429
    assert (await poll(client, started)).json()["error"] == "authorization_pending"


async def test_guessing_passwords_on_the_page_ends_soon_even_for_the_right_one(
    ann: BackendUser, browser: Browser, started: dict[str, str]
) -> None:
    statuses = [(await browser.sign_in(started["user_code"], "wrong")).status_code for _ in range(7)]
    assert statuses == [401] * 6 + [429]
    assert (await browser.sign_in(started["user_code"])).status_code == 429


async def test_guesses_that_come_at_once_are_counted_too(
    ann: BackendUser, browser: Browser, started: dict[str, str]
) -> None:
    await browser.open("/device")
    form = {"csrf": browser.csrf, "login": "ann", "password": "wrong"}
    answers = await asyncio.gather(*(browser.client.post("/device/sign-in", data=form) for _ in range(15)))
    assert [answer.status_code for answer in answers].count(429) == 9


async def test_those_who_know_their_password_and_code_are_never_too_many(
    ann: BackendUser, browser: Browser, started: dict[str, str]
) -> None:
    code = started["user_code"]
    for _ in range(11):
        assert (await browser.sign_in(code)).status_code == 303
        assert (await browser.open(f"/device?user_code={code}")).status_code == 200
        browser.client.cookies.clear()


async def test_pages_can_not_be_framed_and_run_no_script(browser: Browser) -> None:
    answer = await browser.open("/device")
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"
    # With `no-referrer` a browser would send our own forms with `Origin: null`.
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "<script" not in answer.text


async def test_what_is_in_the_address_is_only_text(browser: Browser) -> None:
    answer = await browser.open('/device?user_code="><img src=x>')
    assert "<img" not in answer.text


async def test_the_style_sheet_serves_light_and_dark(browser: Browser) -> None:
    answer = await browser.open("/static/site.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert "prefers-color-scheme: dark" in answer.text
