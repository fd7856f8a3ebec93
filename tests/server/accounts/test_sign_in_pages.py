"""Registering, signing in with a second step, and where that leads: to a page of ours and to nothing else."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend

from tests.server.accounts.conftest import Mailbox
from tests.server.accounts.test_totp import turn_on
from tests.server.page_browser import Browser

NEW = {"email": "carl@example.com", "username": "carl", "password": PASSWORD}


@pytest.fixture
async def browser(backend: RunningBackend) -> AsyncIterator[Browser]:
    async with backend.client() as client:
        yield Browser(client)


async def test_the_second_step_comes_before_anything_else(
    ann: BackendUser, browser: Browser, clock: MovableClock, client: httpx.AsyncClient
) -> None:
    app, codes = await turn_on(ann, clock)
    form = {"client_id": "agent", "device_name": "laptop"}
    user_code = (await client.post("/api/v1/auth/device/code", data=form)).json()["user_code"]
    answer = await browser.sign_in(user_code)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/device/code?user_code={user_code}")
    halfway = browser.client.cookies["hivesync_web"]
    # Halfway is not in: neither here nor on the other pages.
    for path in (f"/device?user_code={user_code}", "/invites"):
        assert "Password" in (await browser.open(path)).text
    assert "Enter the code of your app" in (await browser.open(answer.headers["location"])).text
    wrong = await browser.send("/device/code", code="000000", user_code=user_code)
    assert (wrong.status_code, "wrong or was used" in wrong.text) == (401, True)
    empty = await browser.send("/device/code", user_code=user_code)
    assert empty.status_code == 401
    right = await browser.send("/device/code", code=app.next(), user_code=user_code)
    assert (right.status_code, right.headers["location"]) == (303, f"/device?user_code={user_code}")
    assert "Approve this sign-in?" in (await browser.open(right.headers["location"])).text
    assert browser.client.cookies["hivesync_web"] != halfway, "who knew the cookie before must not be in now"
    # A recovery code works in the same field, and a password alone waits for five minutes only.
    await browser.send("/invites/sign-out")
    await browser.open("/invites")
    await browser.send("/invites/sign-in", login="ann", password=PASSWORD)
    clock.advance(minutes=5, seconds=1)
    assert (await browser.open("/invites/code")).headers["location"] == "/invites"
    await browser.open("/invites")
    await browser.send("/invites/sign-in", login="ann", password=PASSWORD)
    await browser.open("/invites/code")
    assert (await browser.send("/invites/code", code=codes[0])).headers["location"] == "/invites"
    assert "Nothing waits for an answer" in (await browser.open("/invites")).text


@pytest.mark.any_database
async def test_a_code_is_not_taken_from_another_page_or_without_a_password(
    ann: BackendUser, browser: Browser, clock: MovableClock
) -> None:
    app, _ = await turn_on(ann, clock)
    await browser.open("/invites")
    assert (await browser.send("/invites/code", code=app.next())).headers["location"] == "/invites"
    assert "Password" in (await browser.open("/invites")).text
    await browser.send("/invites/sign-in", login="ann", password=PASSWORD)
    forged = {"code": app.code(), "csrf": "0" * 64}
    assert (await browser.client.post("/invites/code", data=forged)).status_code == 403
    await browser.open("/invites/code")
    for path in ("/elsewhere/sign-in", "/elsewhere/code"):
        assert (await browser.send(path, login="ann", password=PASSWORD)).status_code == 422


@pytest.mark.any_database
async def test_an_account_is_made_on_a_page_which_leads_back_to_where_one_came_from(
    browser: Browser,
) -> None:
    page = (await browser.open("/device?user_code=BCDF-GHJK")).text
    link = re.search(r'href="(/register[^"]+)"', page)
    assert link
    assert 'value="BCDF-GHJK"' in (await browser.open(link.group(1).replace("&amp;", "&"))).text
    wrong = await browser.send("/register", email="no address", username="c", password="short")
    assert wrong.status_code == 422
    for part in ("no email address", "3 to 32", "10 to 256"):
        assert part in wrong.text
    made = await browser.send("/register", **NEW, place="device", user_code="BCDF-GHJK")
    assert (made.status_code, 'href="/device?user_code=BCDF-GHJK"' in made.text) == (200, True)
    taken = await browser.send("/register", **NEW | {"email": "other@example.com"})
    assert (taken.status_code, PASSWORD in taken.text) == (409, False)
    hostile = await browser.send("/register", **NEW, place="https://evil.example", user_code="//evil.example")
    assert hostile.status_code == 422
    odd = await browser.open("/register?place=device&user_code=//evil.example")
    assert 'href="/device?user_code="' in odd.text


@pytest.mark.any_database
async def test_the_page_says_the_same_of_a_known_address(strict: RunningBackend) -> None:
    async with strict.client() as client:
        answers = [
            (await client.post("/register", data=NEW | {"username": name})).text for name in ("carl", "carla")
        ]
    mailbox = Mailbox(strict)
    assert answers[0] == answers[1]
    assert "Look into your mail" in answers[0]
    assert await mailbox.subjects(NEW["email"]) == [
        "Confirm your email address",
        "You have a HiveSync account already",
    ]
