"""The page of invites: a browser answers them, for its own user and from our own page only."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.running_backend import RunningBackend

from tests.server.page_browser import Browser


@pytest.fixture
async def browser(backend: RunningBackend) -> AsyncIterator[Browser]:
    async with backend.client() as client:
        yield Browser(client)


async def invited(owner: BackendUser, project_id: str, name: str) -> str:
    path = f"/api/v1/projects/{project_id}/team/invites"
    answer = await owner.client.post(path, json={"username": name})
    return str(answer.json()["id"])


async def sign_in(browser: Browser, name: str) -> None:
    await browser.open("/invites")
    answer = await browser.send("/invites/sign-in", login=name, password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/invites")


async def test_who_is_invited_accepts_or_declines_in_a_browser(
    ann: BackendUser, bob: BackendUser, browser: Browser
) -> None:
    shop, shed = await ann.project("Shop <b>"), await ann.project("Shed")
    ids = [await invited(ann, project, "bob") for project in (shop, shed)]
    assert "Shop" not in (await browser.open("/invites")).text, "invites are told to nobody else"
    await sign_in(browser, "bob")
    page = (await browser.open("/invites")).text
    assert "Shop &lt;b&gt;" in page
    assert page.count("ann invites you") == 2
    joined = await browser.send("/invites/answer", invite_id=ids[0], decision="accept")
    assert "You are a member of" in joined.text
    assert (
        "You declined" in (await browser.send("/invites/answer", invite_id=ids[1], decision="decline")).text
    )
    projects = (await bob.client.get("/api/v1/projects")).json()["items"]
    assert [project["id"] for project in projects] == [shop]
    assert "Nothing waits" in (await browser.open("/invites")).text
    late = await browser.send("/invites/answer", invite_id=ids[1], decision="accept")
    assert (late.status_code, "was declined" in late.text) == (409, True)
    await browser.send("/invites/sign-out")
    assert "Password" in (await browser.open("/invites")).text


@pytest.mark.any_database
async def test_nobody_answers_for_another_nor_from_another_page(
    ann: BackendUser, bob: BackendUser, browser: Browser
) -> None:
    invite_id = await invited(ann, await ann.project(), "bob")
    await sign_in(browser, "ann")
    await browser.open("/invites")
    for wrong in (invite_id, "no id"):
        answer = await browser.send("/invites/answer", invite_id=wrong, decision="accept")
        assert (answer.status_code, "no such invite" in answer.text) == (404, True)
    form = {"invite_id": invite_id, "decision": "accept"}
    csrf = {"csrf": browser.csrf}
    forged = await browser.client.post("/invites/answer", data=form)
    assert forged.status_code == 403
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    forged = await browser.client.post("/invites/answer", data=form | csrf, headers=elsewhere)
    assert forged.status_code == 403
    assert len((await bob.client.get("/api/v1/invites")).json()["items"]) == 1
