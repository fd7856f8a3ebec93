"""Waiting mails are carried once each, whatever Resend, the network and our own processes do meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import PASSWORD
from hivesync_dev.servers.fake_resend import Answer, FakeResend
from hivesync_dev.servers.running_backend import MovableClock
from hivesync_server.mails.provider import MailAway, MailHeldBack
from hivesync_server.mails.tables import MailDeliveryRow
from sqlalchemy import update

from .conftest import Exhaust, Post

ANN = {"email": "ann@example.com", "username": "ann", "password": PASSWORD}


@pytest.fixture
async def server(environ: dict[str, str]) -> AsyncIterator[BackendProcess]:
    """A server as a process, to be killed."""
    server = BackendProcess(environ)
    yield await server.start()
    await server.kill()


async def test_a_server_killed_between_carrying_and_noting_sends_no_second_mail(
    server: BackendProcess, environ: dict[str, str], resend: FakeResend, post: Post
) -> None:
    resend.silent = True
    async with server.client() as client:
        (await client.post("/api/v1/auth/register", json=ANN)).raise_for_status()
    await resend.until(carried=1)
    await server.kill()
    assert (await post.mails())[0].sent_at is None

    resend.silent = False
    async with post.database.transaction() as transaction:  # as if a minute had passed
        await transaction.session.execute(update(MailDeliveryRow).values(leased_until=None))
    again = await BackendProcess(environ).start()
    try:
        await resend.until(requests=2)
        await post.until_empty()
    finally:
        await again.kill()
    assert len(resend.carried) == 1
    mail = resend.carried[0]
    assert mail["to"] == ["ann@example.com"]
    assert mail["from"] == "HiveSync <hivesync@mail.example.com>"
    link = f"{server.url}/account/verify#"
    assert link in mail["text"]
    assert f'href="{link}' in mail["html"]
    row = (await post.mails())[0]
    assert (row.sent_at is not None, row.provider_id is not None, row.body, row.html) == (True, True, "", "")
    assert "ann@" not in server.log + again.log


async def test_several_processes_carry_each_mail_once(
    post: Post, resend: FakeResend, exhaust: Exhaust
) -> None:
    recipients = [f"user{number}@example.com" for number in range(12)]
    await post.put(*recipients)
    senders = [await post.sender() for _ in range(3)]
    await asyncio.gather(*map(exhaust, senders))
    assert sorted(mail["to"][0] for mail in resend.carried) == sorted(recipients)
    assert resend.requests == 12
    assert await post.waiting() == []


@pytest.mark.any_database
async def test_a_provider_that_is_full_or_broken_is_asked_again_later(
    post: Post, resend: FakeResend, exhaust: Exhaust, clock: MovableClock
) -> None:
    await post.put("ann@example.com")
    sender = await post.sender()
    resend.answers.append(Answer(429, "rate_limit_exceeded", {"Retry-After": "40"}))
    await exhaust(sender)
    await post.put("bob@example.com")
    clock.advance(seconds=30)
    await exhaust(sender)
    assert resend.requests == 1  # nothing is tried before the time that the provider named

    clock.advance(seconds=11)
    resend.answers.extend([Answer(500), Answer(503)])
    await exhaust(sender)
    assert (resend.requests, resend.carried) == (3, [])
    assert {row.problem for row in await post.waiting()} == {"500 application_error", "503 application_error"}
    await exhaust(sender)
    assert resend.requests == 3  # each has its pause
    clock.advance(minutes=5)
    await resend.stop()
    await exhaust(sender)  # nobody there
    await resend.start()
    clock.advance(minutes=5)
    await exhaust(sender)
    assert [mail["to"] for mail in resend.carried] == [["ann@example.com"], ["bob@example.com"]]


@pytest.mark.any_database
async def test_a_mail_that_is_refused_is_given_up_with_the_reason(
    post: Post, resend: FakeResend, exhaust: Exhaust, caplog: pytest.LogCaptureFixture
) -> None:
    await post.put("nobody@nowhere", "ann@example.com")
    await exhaust(await post.sender())
    refused, carried = await post.mails()
    assert (refused.failed_at is not None, refused.sent_at) == (True, None)
    assert refused.failure == "422 validation_error: Invalid `to` field."
    assert carried.sent_at is not None
    assert await post.waiting() == []
    assert resend.requests == 2
    assert "nobody@" not in caplog.text
    assert "n…@nowhere" in {getattr(record, "recipient", "") for record in caplog.records}


@pytest.mark.any_database
async def test_a_wrong_key_loses_nothing_and_is_reported(
    post: Post, resend: FakeResend, exhaust: Exhaust, clock: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    await post.put(*(f"user{number}@example.com" for number in range(6)))
    wrong = await post.sender("re_canary")
    await exhaust(wrong)
    clock.advance(seconds=61)
    await exhaust(wrong)
    assert resend.requests <= 4  # it does not knock once for each mail
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "RESEND_API_KEY" in errors[0].__dict__["advice"]
    assert "canary" not in caplog.text
    assert len(await post.waiting()) == 6
    # A day later: certainly none was carried, so trying them is safe.
    clock.advance(hours=30)
    await exhaust(await post.sender())
    assert len(resend.carried) == 6
    *refused, well = post.reports
    assert well is None
    assert all("RESEND_API_KEY" in (why or "") and "canary" not in (why or "") for why in refused)
    assert 1 <= len(refused) <= 4


@pytest.mark.any_database
async def test_a_mail_that_came_too_late_or_may_be_known_is_not_sent(
    post: Post, resend: FakeResend, exhaust: Exhaust, clock: MovableClock
) -> None:
    await post.put("late@example.com")
    clock.advance(days=3, seconds=1)
    await exhaust(await post.sender())
    assert (resend.requests, (await post.mails())[0].failure) == (0, "expired: not sent while it was of use")

    await post.put("unsure@example.com")
    resend.answers.append(Answer(502))
    sender = await post.sender()
    await exhaust(sender)
    clock.advance(hours=1)
    resend.answers.append(Answer(429, "rate_limit_exceeded"))  # says nothing about the try before
    await exhaust(sender)
    clock.advance(hours=23)  # by then Resend has forgotten the key
    await exhaust(sender)
    assert (resend.requests, resend.carried) == (2, [])
    assert str((await post.mails())[1].failure).startswith("unknown:")


@pytest.mark.any_database
async def test_a_mail_whose_wording_changed_after_it_was_carried_counts_as_sent(
    post: Post, resend: FakeResend, exhaust: Exhaust, clock: MovableClock
) -> None:
    await post.put("ann@example.com")
    resend.answers.append(Answer(409, "invalid_idempotent_request"))
    await exhaust(await post.sender())
    mail = (await post.mails())[0]
    assert (mail.sent_at is not None, mail.provider_id) == (True, None)


@pytest.mark.any_database
async def test_what_can_unsubscribe_says_so_in_its_headers(
    post: Post, resend: FakeResend, exhaust: Exhaust
) -> None:
    await post.put("ann@example.com", unsubscribe_url="https://api.example.com/stop/1")
    await exhaust(await post.sender())
    assert resend.carried[0]["headers"] == {
        "List-Unsubscribe": "<https://api.example.com/stop/1>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("status", "content_type", "body"),
    [
        (200, "application/json", b"[]"),
        (200, "application/json", b'{"id": 7}'),
        (200, "text/html", b"<p>ok"),
        (301, "application/json", b"{}"),
        (200, "application/json", b"{"),
    ],
)
async def test_an_answer_that_names_no_mail_is_no_success(
    post: Post, exhaust: Exhaust, status: int, content_type: str, body: bytes
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nLocation: http://127.0.0.1:9/\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    strange = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with strange:
        port = strange.sockets[0].getsockname()[1]
        await post.put("ann@example.com")
        await exhaust(await post.sender(url=f"http://127.0.0.1:{port}"))
    assert (await post.mails())[0].sent_at is None
    assert len(await post.waiting()) == 1


@pytest.mark.any_database
async def test_the_key_can_be_checked_without_a_mail(post: Post, resend: FakeResend) -> None:
    good = await post.provider()
    await good.check_key()
    with pytest.raises(MailHeldBack, match="invalid_api_key"):
        await (await post.provider("re_wrong")).check_key()
    await resend.stop()
    with pytest.raises(MailAway):
        await good.check_key()
