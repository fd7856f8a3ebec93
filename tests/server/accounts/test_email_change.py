"""Another email address: both mailboxes have a say, and neither answer tells who has an account."""

from __future__ import annotations

import httpx
import pytest
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser

from tests.server.accounts.conftest import Mailbox

NEW = "ann@new.example.com"
ME = "/api/v1/auth/me"


async def ask(user: BackendUser, email: str, password: str = PASSWORD) -> httpx.Response:
    body = {"email": email, "password": password}
    return await user.client.post("/api/v1/auth/email/change", json=body)


async def use(client: httpx.AsyncClient, act: str, token: str) -> int:
    return (await client.post(f"/api/v1/auth/email/{act}", json={"token": token})).status_code


async def address(user: BackendUser) -> tuple[str, bool]:
    me = (await user.client.get(ME)).json()
    return me["email"], me["email_verified"]


async def test_an_address_changes_when_the_new_one_confirms(
    ann: BackendUser, client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    assert (await ask(ann, NEW)).status_code == 202
    assert await address(ann) == (ann.email, False)
    assert await use(client, "verify", await mailbox.token(NEW, "verify")) == 204
    assert await address(ann) == (NEW, True)
    assert (await mailbox.subjects(ann.email))[-1] == "Your email address was changed"


async def test_the_old_address_takes_a_change_back(
    ann: BackendUser, client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    await ask(ann, NEW)
    await use(client, "verify", await mailbox.token(NEW, "verify"))
    await ask(ann, "third@example.com")
    third = await mailbox.token("third@example.com", "verify")
    assert await use(client, "revert", await mailbox.token(ann.email, "revert")) == 204
    # Nothing that the thief knows or has asked for works any more.
    assert (await ann.client.get(ME)).status_code == 401
    assert await use(client, "verify", third) == 404
    login = {"login": "ann", "password": PASSWORD}
    assert (await client.post("/api/v1/auth/login", json=login)).status_code == 401
    body = {"token": await mailbox.token(ann.email, "reset"), "password": PASSWORD}
    assert (await client.post("/api/v1/auth/password/reset", json=body)).status_code == 204
    await ann.sign_in()
    assert await address(ann) == (ann.email, True)


async def test_a_taken_address_gets_the_same_answer_and_is_told_itself(
    ann: BackendUser, bob: BackendUser, mailbox: Mailbox
) -> None:
    free, taken = await ask(ann, NEW), await ask(ann, bob.email)
    assert (free.status_code, free.content) == (taken.status_code, taken.content)
    assert (await mailbox.subjects(bob.email))[-1] == "You have a HiveSync account already"


@pytest.mark.any_database
async def test_an_address_that_was_taken_meanwhile_stays_its_owners(
    ann: BackendUser, bob: BackendUser, client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    await ask(ann, NEW)
    mine = await mailbox.token(NEW, "verify")
    await ask(bob, NEW)
    assert await use(client, "verify", await mailbox.token(NEW, "verify")) == 204
    assert await use(client, "verify", mine) == 409
    assert await address(ann) == (ann.email, False)
    assert await address(bob) == (NEW, True)


@pytest.mark.any_database
async def test_changing_the_address_needs_the_password(ann: BackendUser, mailbox: Mailbox) -> None:
    answer = await ask(ann, NEW, "not the password")
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert await mailbox.subjects(NEW) == []
