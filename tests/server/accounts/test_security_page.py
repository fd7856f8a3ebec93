"""The page of a user's devices and second factor: for whoever is signed in there, by our own forms only."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pyotp
import pytest
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend

from tests.server.page_browser import Browser

HERE = "/security"


async def sign_in(browser: Browser) -> httpx.Response:
    shown = await browser.open(HERE)
    assert (shown.status_code, shown.headers["location"]) == (303, f"{HERE}/sign-in")
    await browser.open(f"{HERE}/sign-in")
    return await browser.send(f"{HERE}/sign-in", login="ann", password=PASSWORD)


@pytest.mark.any_database
async def test_devices_are_signed_out_and_two_steps_turned_on_and_off_in_a_browser(
    ann: BackendUser, bob: BackendUser, backend: RunningBackend, clock: MovableClock
) -> None:
    theirs = (await bob.client.get("/api/v1/devices")).json()["items"][0]["id"]
    async with backend.client() as client, backend.client() as another:
        browser = Browser(client)
        assert (await sign_in(browser)).headers["location"] == HERE
        page = await browser.open(HERE)
        assert page.headers["cache-control"] == "no-store"
        (mine,) = re.findall(r"/security/devices/([0-9a-f-]+)/sign-out", page.text)
        assert (await browser.send(f"{HERE}/devices/{theirs}/sign-out")).status_code == 404
        forged = await client.post(f"{HERE}/devices/{mine}/sign-out", data={"csrf": "0" * 64})
        assert forged.status_code == 403
        assert (await ann.client.get("/api/v1/auth/me")).status_code == 200
        assert (await browser.send(f"{HERE}/devices/{mine}/sign-out")).status_code == 303
        assert (await ann.client.get("/api/v1/auth/me")).status_code == 401
        assert "No program is signed in" in (await browser.open(HERE)).text

        assert (await browser.send(f"{HERE}/totp", password="wrong password")).status_code == 403
        setup = await browser.send(f"{HERE}/totp", password=PASSWORD)
        assert "<svg" in setup.text
        found = re.search(r'class="key">([A-Z2-7]+)<', setup.text)
        assert found is not None
        app = pyotp.TOTP(found.group(1))
        refused = await browser.send(f"{HERE}/totp/confirm", code="000000")
        assert (refused.status_code, "That did not work" in refused.text) == (401, True)
        on = await browser.send(f"{HERE}/totp/confirm", code=f" {app.at(clock())} ")
        codes = re.findall(r"<li>([a-z2-7-]{19})</li>", on.text)
        assert (len(codes), "svg" in on.text.partition("<main")[2]) == (10, False)
        assert "10 of 10" in (await browser.open(HERE)).text

        other = Browser(another)
        assert (await sign_in(other)).headers["location"] == f"{HERE}/code"
        assert (await other.open(HERE)).status_code == 303, "the password alone shows nothing"
        renewed = await browser.send(f"{HERE}/totp/recovery-codes", password=PASSWORD, code=codes[0])
        fresh = re.findall(r"<li>([a-z2-7-]{19})</li>", renewed.text)
        assert len(set(fresh) - set(codes)) == 10
        for code, status in ((codes[1], 401), (fresh[0], 303)):
            off = await browser.send(f"{HERE}/totp/disable", password=PASSWORD, code=code)
            assert off.status_code == status
        assert "Set it up" in (await browser.open(HERE)).text
        assert (await browser.send(f"{HERE}/sign-out")).status_code == 303
        assert (await browser.open(HERE)).status_code == 303


@pytest.mark.any_database
async def test_a_key_is_made_shown_once_and_ended_in_a_browser(
    ann: BackendUser, bob: BackendUser, backend: RunningBackend, clock: MovableClock
) -> None:
    theirs = (await bob.api_key())["api_key"]["id"]
    keys = f"{HERE}/api-keys"
    async with backend.client() as client, backend.client() as program:
        browser = Browser(client)
        assert (await browser.open(keys)).headers["location"] == f"{HERE}/sign-in"
        await sign_in(browser)
        assert "You have none" in (await browser.open(keys)).text
        refused = await browser.send(keys, name=" ", scope="write")
        assert (refused.status_code, "a name" in refused.text) == (422, True)
        made = await browser.send(keys, name="<b>Deploy", scope="write", days="30")
        assert (made.status_code, made.headers["cache-control"]) == (200, "no-store")
        (key,) = re.findall(r'class="key">(hs_\w+)<', made.text)
        shown = (await browser.open(keys)).text
        assert "&lt;b&gt;Deploy" in shown
        assert "reads and writes" in shown
        assert f"until {clock() + timedelta(days=30):%Y-%m-%d}" in shown
        assert key not in shown

        program.headers["Authorization"] = f"Bearer {key}"
        assert (await program.post("/api/v1/projects", json={"name": "Shop"})).status_code == 201
        (mine,) = re.findall(rf"{keys}/([0-9a-f-]+)/end", shown)
        assert (await browser.send(f"{keys}/{theirs}/end")).status_code == 404
        assert (await browser.send(f"{keys}/{mine}/end")).headers["location"] == keys
        assert (await program.get("/api/v1/projects")).status_code == 401
        assert "You have none" in (await browser.open(keys)).text
