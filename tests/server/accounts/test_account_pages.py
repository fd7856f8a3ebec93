"""The pages that links in mails open."""

from __future__ import annotations

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser

from tests.server.accounts.conftest import Mailbox

pytestmark = pytest.mark.any_database


async def test_opening_a_page_does_nothing_and_sending_it_does(
    ann: BackendUser, client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    page = await client.get("/account/verify")
    assert "/static/fragment.js" in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert (await ann.client.get("/api/v1/auth/me")).json()["email_verified"] is False
    form = {"token": await mailbox.token(ann.email, "verify")}
    assert "Address confirmed" in (await client.post("/account/verify", data=form)).text
    assert (await ann.client.get("/api/v1/auth/me")).json()["email_verified"] is True


async def test_a_password_is_forgotten_and_set_on_pages(
    ann: BackendUser, client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    assert "Look into your mail" in (await client.post("/account/forgot", data={"email": ann.email})).text
    token = await mailbox.token(ann.email, "reset")
    short = await client.post("/account/reset", data={"token": token, "password": "short"})
    assert (short.status_code, token in short.text) == (422, True)
    form = {"token": token, "password": "another long password"}
    assert "Password set" in (await client.post("/account/reset", data=form)).text


@pytest.mark.parametrize("act", ["verify", "revert", "reset"])
async def test_a_wrong_token_is_refused_in_words(client: httpx.AsyncClient, act: str) -> None:
    form = {"token": '"><script>', "password": "another long password"}
    answer = await client.post(f"/account/{act}", data=form)
    assert answer.status_code == 404
    assert "ask for a new mail" in answer.text
    assert "<script>" not in answer.text


async def test_there_are_no_other_pages(client: httpx.AsyncClient) -> None:
    assert (await client.get("/account/other")).status_code == 404
    assert (await client.post("/account/other")).status_code == 404
