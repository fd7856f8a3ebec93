"""A person approves a program's sign-in in a real browser, which sends headers that tests may forget."""

from __future__ import annotations

import httpx
from hivesync_dev.browser import Phone
from hivesync_dev.stack.stack import Stack
from playwright.sync_api import expect

GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def test_a_program_is_signed_in_by_its_user_in_a_browser(stack: Stack, phone: Phone) -> None:
    with httpx.Client(base_url=f"{stack.server.settings.url}/api/v1/auth/device", trust_env=False) as program:
        codes = program.post("/code", data={"client_id": "editor"}).json()
        phone.open(codes["verification_uri_complete"])
        phone.page.get_by_label("Email or username").fill(stack.user.email)
        phone.page.get_by_label("Password").fill(stack.user.password)
        phone.page.get_by_role("button", name="Sign in").click()
        expect(phone.page.get_by_text(codes["user_code"])).to_be_visible()
        phone.page.get_by_role("button", name="Approve").click()
        expect(phone.page.get_by_role("heading", name="Signed in")).to_be_visible()
        form = {"grant_type": GRANT, "device_code": codes["device_code"]}
        assert program.post("/token", data=form).json()["token_type"] == "Bearer"
