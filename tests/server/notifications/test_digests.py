"""One mail a day, and how mails are ended from within them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import httpx
import pytest
from hivesync_contract.notifications import Digest, NotificationType
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server.auth.tables import UserRow
from hivesync_server.mails.tables import MailRow
from hivesync_server.notifications.digest_times import next_digest
from hivesync_server.notifications.digests import digests_of
from hivesync_server.notifications.service import notifications_on
from sqlalchemy import select, update

from .conftest import Tell

ROOT = "/api/v1/notifications"


@pytest.fixture
async def reader(ann: BackendUser, backend: RunningBackend) -> BackendUser:
    """A user with a confirmed address who wants one mail a day."""
    async with backend.resources.database.transaction() as transaction:
        await transaction.session.execute(update(UserRow).values(email_verified=True))
    (await ann.client.patch(f"{ROOT}/settings", json={"digest": "daily"})).raise_for_status()
    return ann


async def mails(backend: RunningBackend) -> list[MailRow]:
    async with backend.resources.database.transaction(writes=False) as transaction:
        query = select(MailRow).where(MailRow.kind.in_(["notification", "digest"])).order_by(MailRow.id)
        return list((await transaction.session.scalars(query)).all())


async def test_what_is_unread_is_mailed_once_a_day_by_whichever_process(
    reader: BackendUser, backend: RunningBackend, tell: Tell, clock: MovableClock
) -> None:
    for number in range(23):
        await tell(reader, f"News {number}")
    await tell(reader, "Not by mail", NotificationType.TASK_COMPLETED)
    await tell(reader, "Read already")
    newest = (await reader.client.get(ROOT)).json()["items"][0]["id"]
    await reader.client.patch(f"{ROOT}/{newest}", json={"read": True})
    assert await mails(backend) == []

    clock.advance(days=1)
    processes = [digests_of(backend.resources) for _ in range(3)]
    await asyncio.gather(*(digests.step() for digests in processes))
    (mail,) = await mails(backend)
    assert (mail.recipient, mail.subject) == (reader.email, "23 unread notifications on HiveSync")
    assert "- News 22 (" in mail.body
    assert "- News 2 (" not in mail.body
    assert "and 3 more" in mail.body
    assert "Not by mail" not in mail.body
    assert "Read already" not in mail.body

    clock.advance(days=1)  # nothing new: what is still unread is not repeated
    await processes[0].step()
    await tell(reader, "One more <b>")
    assert not await processes[1].step()
    clock.advance(days=1)
    await processes[2].step()
    first, second = await mails(backend)
    assert (first.id, second.subject) == (mail.id, "1 unread notification on HiveSync")
    assert "One more &lt;b&gt;" in second.html


@pytest.mark.any_database
async def test_what_can_not_wait_or_is_nowhere_else_is_mailed_at_once(
    reader: BackendUser, backend: RunningBackend, tell: Tell
) -> None:
    channels = [{"type": "mention", "in_app": False, "email": True}]
    answer = await reader.client.patch(f"{ROOT}/settings", json={"channels": channels})
    assert answer.json()["digest"] == "daily"
    await tell(reader, "Mentioned", NotificationType.MENTION)
    await tell(reader, "Assigned")
    assert [mail.subject for mail in await mails(backend)] == ["Mentioned"]
    await reader.client.patch(f"{ROOT}/settings", json={"digest": "off"})
    await tell(reader, "Assigned again")
    assert [mail.subject for mail in await mails(backend)] == ["Mentioned", "Assigned again"]


@pytest.mark.any_database
async def test_an_account_that_is_not_confirmed_or_disabled_gets_no_mail(
    ann: BackendUser, backend: RunningBackend, tell: Tell, clock: MovableClock
) -> None:
    wrong = await ann.client.patch(f"{ROOT}/settings", json={"digest": "hourly"})
    assert wrong.status_code == 422
    await ann.client.patch(f"{ROOT}/settings", json={"digest": "daily"})
    await tell(ann)
    clock.advance(days=1)
    await digests_of(backend.resources).step()
    assert await mails(backend) == []
    for digest in (Digest.DAILY, Digest.OFF):
        async with backend.resources.database.transaction() as transaction:
            await notifications_on(backend.resources, transaction).set_digest(ann.profile["id"], digest)
            disabled = {"email_verified": True, "disabled_at": clock()}
            await transaction.session.execute(update(UserRow).values(disabled))
        await tell(ann)
        clock.advance(days=1)
        await digests_of(backend.resources).step()
        assert await mails(backend) == []


@pytest.mark.any_database
async def test_a_mail_can_be_ended_from_within_it_and_by_nobody_else(
    reader: BackendUser, backend: RunningBackend, tell: Tell, clock: MovableClock, client: httpx.AsyncClient
) -> None:
    await tell(reader, "Assigned")
    clock.advance(days=1)
    await digests_of(backend.resources).step()
    await reader.sign_in()
    link = (await mails(backend))[0].unsubscribe_url.removeprefix(backend.url)
    asked = await client.get(link)
    assert "Stop these mails" in asked.text
    assert (await reader.client.get(f"{ROOT}/settings")).json()["digest"] == "daily"  # asking changes nothing

    forged = link.replace("/digest/", "/mention/")
    assert (await client.post(forged)).status_code == 404
    done = await client.post(link, data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    settings = (await reader.client.get(f"{ROOT}/settings")).json()
    assert settings["digest"] == "off"
    assert not any(channels["email"] for channels in settings["channels"])
    await tell(reader, "Assigned again")
    assert len(await mails(backend)) == 1
    assert (await client.post(link)).status_code == 200


@pytest.mark.any_database
async def test_mails_of_one_type_end_alone(
    ann: BackendUser, backend: RunningBackend, tell: Tell, client: httpx.AsyncClient
) -> None:
    async with backend.resources.database.transaction() as transaction:
        await transaction.session.execute(update(UserRow).values(email_verified=True))
    await tell(ann, "Assigned")
    link = (await mails(backend))[0].unsubscribe_url.removeprefix(backend.url)
    assert (await client.post(link)).status_code == 200
    await tell(ann, "Assigned again")
    await tell(ann, "Mentioned", NotificationType.MENTION)
    assert [mail.subject for mail in await mails(backend)] == ["Assigned", "Mentioned"]


def test_the_next_digest_is_never_now() -> None:
    seven = datetime(2026, 5, 1, 7, tzinfo=UTC)
    assert next_digest(seven, 7) == datetime(2026, 5, 2, 7, tzinfo=UTC)
    assert next_digest(seven, 8) == datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert next_digest(datetime(2026, 5, 31, 23, 59, tzinfo=UTC), 0) == datetime(2026, 6, 1, tzinfo=UTC)
