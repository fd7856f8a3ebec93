"""`/dev/outbox` shows mails to the developer on this machine, and to nobody else."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx
import pytest
from hivesync_dev.browser import chromium
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.mails.letters import MailKind, letter
from hivesync_server.mails.mail import Mail
from hivesync_server.mails.outbox import OutboxMailer
from playwright.sync_api import expect

pytestmark = pytest.mark.any_database


async def test_mails_are_shown_and_nothing_in_them_runs(
    client: httpx.AsyncClient, backend: RunningBackend
) -> None:
    async with backend.resources.database.transaction() as transaction:
        mailer = OutboxMailer(transaction.session, backend.clock())
        await mailer.send(Mail("ann@example.com", "Hello <b>", "<script>alert(1)</script>"))
    answer = await client.get("/dev/outbox")
    assert "Hello &lt;b&gt;" in answer.text
    assert "<script>" not in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]


async def test_a_real_browser_shows_a_mail_as_it_looks_and_lets_nothing_in_it_run(
    backend: RunningBackend,
) -> None:
    script = "<script>top.document.title='owned'</script>"
    hostile = f"<p>evil</p>{script}<img src=x onerror=\"top.document.title='owned'\">"
    reset = f"{backend.url}/account/reset#token"
    async with backend.resources.database.transaction() as transaction:
        mailer = OutboxMailer(transaction.session, backend.clock())
        await mailer.send(Mail("ann@example.com", "Hello", "text", hostile))
        await mailer.send(letter(MailKind.PASSWORD_RESET, "ann@example.com", username="ann", link=reset))
    await asyncio.to_thread(_look, f"{backend.url}/dev/outbox")


def _look(address: str) -> None:
    with chromium() as browser:
        page = browser.new_page()
        page.goto(address)
        newest, hostile = page.frame_locator("iframe").first, page.frame_locator("iframe").nth(1)
        page.locator("iframe").nth(1).scroll_into_view_if_needed()
        expect(hostile.get_by_text("evil")).to_be_visible()
        assert "owned" not in page.title()
        with page.context.expect_page() as opened:
            newest.get_by_role("link").first.click()
        expect(opened.value.get_by_role("heading", name="Choose a new password")).to_be_visible()
        page.get_by_text("Text", exact=True).first.click()
        expect(page.locator("pre").first).to_be_visible()


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Host", "rebound.example"),
        ("X-Real-IP", "127.0.0.1"),
        ("X-Forwarded-For", "203.0.113.7"),
        ("Forwarded", "for=203.0.113.7"),
        ("CF-Connecting-IP", "203.0.113.7"),
        ("Via", "1.1 tunnel"),
    ],
)
async def test_a_name_that_points_here_or_a_tunnel_is_not_this_machine(
    client: httpx.AsyncClient, header: str, value: str
) -> None:
    assert "/dev/outbox" in (await client.get("/")).text
    assert (await client.get("/dev/outbox", headers={header: value})).status_code == 404
    assert "/dev/outbox" not in (await client.get("/", headers={header: value})).text


@pytest.mark.parametrize("field", ["recipient", "subject", "unsubscribe_url"])
def test_a_mail_can_not_smuggle_headers(field: str) -> None:
    mail = Mail("a@example.com", "Hi", "Text\nof lines")
    with pytest.raises(ValueError, match="single lines"):
        replace(mail, **{field: "a\r\nBcc: b@example.com"})  # type: ignore[arg-type]
