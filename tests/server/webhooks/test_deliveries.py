"""Messages that don't arrive at once: tried again under their ids, then given up, nobody else's delay."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_dev.servers.webhook_receiver import WebhookReceiver
from hivesync_dev.waiting import until
from hivesync_server.housekeeping import Housekeeping
from hivesync_server.mails.tables import MailRow
from hivesync_server.webhooks.dispatcher import MESSAGES_PER_TURN
from hivesync_server.webhooks.tables import WebhookDeliveryRow, WebhookTurnRow
from sqlalchemy import func, select

from tests.server.team.conftest import Confirm, confirm
from tests.server.webhooks.conftest import Hook, hook, wake

__all__ = ["confirm"]


async def settled(mine: Hook, delivery_id: str, attempts: int) -> dict[str, Any]:
    """Wait until so many tries of a message are in the log."""

    async def look() -> dict[str, Any] | None:
        found = await mine.delivery(delivery_id)
        return found if found["attempts"] >= attempts else None

    found = await until(look)
    assert found is not None
    return found


async def test_a_message_that_fails_is_tried_again_under_its_id_until_it_arrives(
    ann: BackendUser, backend: RunningBackend, receiver: WebhookReceiver, clock: MovableClock
) -> None:
    mine = await hook(ann, f"{receiver.origin}/in")
    receiver.status, receiver.headers = 503, {"Retry-After": "7200"}
    message = (await mine.ping())["id"]
    failed = await settled(mine, message, 1)
    assert (failed["state"], failed["failure"], failed["status"]) == ("pending", "status", 503)
    assert (failed["next_attempt_at"] > clock().isoformat(), failed["duration_ms"] >= 0) == (True, True)
    assert (await mine.shown())["failing_since"] is not None

    # Sooner than asked for nothing comes, neither this message nor another.
    clock.advance(minutes=110)
    await ann.sign_in()
    other = (await mine.ping())["id"]
    await asyncio.sleep(0.3)
    assert len(receiver.messages) == 1
    receiver.status, receiver.headers = 200, {}
    clock.advance(minutes=20)
    await ann.sign_in()
    wake(backend)
    await receiver.wait_for(3)
    assert {each.id for each in receiver.messages} == {message, other}
    assert receiver.messages[0].id == message
    assert all(each.signed_with(mine.secret) for each in receiver.messages)
    arrived = await settled(mine, message, 2)
    assert (arrived["state"], arrived["status"], arrived["failure"]) == ("delivered", 200, None)
    assert arrived["next_attempt_at"] is None
    assert (await mine.shown())["failing_since"] is None
    async with backend.resources.database.transaction(writes=False) as transaction:
        assert await transaction.session.scalar(select(func.count()).select_from(WebhookTurnRow)) == 0


@pytest.mark.any_database
async def test_a_message_is_given_up_after_its_tries_and_can_be_asked_for_again(
    ann: BackendUser,
    backend: RunningBackend,
    receiver: WebhookReceiver,
    clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hivesync_server.webhooks.patience.PAUSES_SECONDS", (60,))
    mine = await hook(ann, f"{receiver.origin}/in")
    receiver.status = 302
    receiver.headers = {"Location": f"{receiver.origin}/elsewhere"}
    message = (await mine.ping())["id"]
    await settled(mine, message, 1)
    clock.advance(seconds=90)
    wake(backend)
    given_up = await settled(mine, message, 2)
    assert (given_up["state"], given_up["status"], given_up["next_attempt_at"]) == ("failed", 302, None)
    assert {each.path for each in receiver.messages} == {"/in"}
    receiver.status = 204
    clock.advance(minutes=6)
    again = await ann.client.post(f"{mine.path}/deliveries/{message}/redeliver")
    assert (again.status_code, again.json()["state"]) == (202, "pending")
    done = await settled(mine, message, 3)
    assert (done["state"], [each.id for each in receiver.messages]) == ("delivered", [message] * 3)


async def test_an_endpoint_that_is_gone_is_not_called_again_and_its_owner_is_told(
    ann: BackendUser, backend: RunningBackend, receiver: WebhookReceiver, confirm: Confirm
) -> None:
    await confirm(ann)
    mine = await hook(ann, f"{receiver.origin}/in?key=canary")
    receiver.status = 410
    receiver.held.add("/in")
    messages = [(await mine.ping())["id"] for _ in range(MESSAGES_PER_TURN + 2)]
    await receiver.wait_for(1)
    receiver.release()

    async def disabled() -> bool:
        return bool((await mine.shown())["disabled_reason"] == "gone")

    await until(disabled)
    log = {item["id"]: item for item in await mine.log()}
    assert {log[message]["state"] for message in messages} == {"failed"}
    unsent = [log[message] for message in messages if not log[message]["attempts"]]
    assert unsent
    assert {item["failure"] for item in unsent} == {"webhook_disabled"}
    told = (await ann.client.get("/api/v1/notifications")).json()["items"]
    assert [(item["type"], item["subject_id"]) for item in told] == [("webhook_disabled", mine.id)]
    async with backend.resources.database.transaction(writes=False) as transaction:
        mails = (await transaction.session.scalars(select(MailRow))).all()
    about = [mail for mail in mails if "webhook" in mail.subject]
    assert [(mail.recipient, mail.kind) for mail in about] == [(ann.email, "webhook_disabled")]
    assert "127.0.0.1 was switched off" in about[0].body
    assert not any("canary" in mail.body + mail.subject for mail in about)
    refused = await ann.client.post(f"{mine.path}/deliveries/{messages[0]}/redeliver")
    assert (refused.status_code, refused.json()["code"]) == (409, "CONFLICT")
    await ann.project()
    assert len(await mine.log()) == len(messages)


@pytest.mark.any_database
async def test_after_five_days_of_failure_a_webhook_is_disabled_and_one_arrival_forgives(
    ann: BackendUser, backend: RunningBackend, receiver: WebhookReceiver, clock: MovableClock
) -> None:
    mine = await hook(ann, f"{receiver.origin}/in")
    receiver.status = 500
    await settled(mine, (await mine.ping())["id"], 1)
    clock.advance(days=4, hours=23)
    await ann.sign_in()
    await settled(mine, (await mine.ping())["id"], 1)
    assert (await mine.shown())["enabled"] is True
    clock.advance(hours=2)
    await ann.sign_in()
    # What waits is due again as well: whichever message is tried first, the webhook may be disabled by now.
    await ann.client.post(f"{mine.path}/test")

    async def disabled() -> bool:
        return bool((await mine.shown())["disabled_reason"] == "failing")

    await until(disabled)
    assert {item["state"] for item in await mine.log()} == {"failed"}
    enabled = (await ann.client.patch(mine.path, json={"enabled": True})).json()
    assert (enabled["enabled"], enabled["failing_since"]) == (True, None)
    receiver.status = 200
    assert (await settled(mine, (await mine.ping())["id"], 1))["state"] == "delivered"


@pytest.mark.any_database
async def test_an_endpoint_that_hangs_delays_no_other_and_gets_few_requests_at_once(
    ann: BackendUser, receiver: WebhookReceiver
) -> None:
    slow = await hook(ann, f"{receiver.origin}/slow", "task.*")
    receiver.held.add("/slow")
    await slow.ping()
    await receiver.wait_for(1, "/slow")
    for _ in range(9):
        await slow.ping()
    quick = await hook(ann, f"{receiver.origin}/quick", "task.*")
    for _ in range(10):
        await quick.ping()
    await receiver.wait_for(10, "/quick", deadline_seconds=10)
    assert len([message for message in receiver.messages if message.path == "/slow"]) == 1
    receiver.pause_seconds = 0.3
    receiver.release()
    told = await receiver.wait_for(10, "/slow")
    assert receiver.most_at_once["/slow"] == MESSAGES_PER_TURN
    assert len({message.id for message in told}) == 10


@pytest.mark.any_database
async def test_a_server_that_is_away_and_an_address_that_is_none_are_named_in_the_log(
    ann: BackendUser, receiver: WebhookReceiver
) -> None:
    mine = await hook(ann, f"{receiver.origin}/in")
    await receiver.stop()
    away = await settled(mine, (await mine.ping())["id"], 1)
    assert (away["state"], away["failure"], away["status"]) == ("pending", "connection_failed", None)
    unknown = await hook(ann, "https://does-not-exist.invalid/in")
    nowhere = await settled(unknown, (await unknown.ping())["id"], 1)
    assert nowhere["failure"] == "name_unknown"


@pytest.mark.any_database
async def test_disabling_ends_what_waits_and_the_log_goes_after_a_month(
    ann: BackendUser, backend: RunningBackend, receiver: WebhookReceiver, clock: MovableClock
) -> None:
    mine = await hook(ann, f"{receiver.origin}/in")
    receiver.status = 500
    message = (await mine.ping())["id"]
    await settled(mine, message, 1)
    assert (await ann.client.patch(mine.path, json={"enabled": False})).is_success
    ended = await mine.delivery(message)
    assert (ended["state"], ended["failure"]) == ("failed", "webhook_disabled")
    await ann.client.patch(mine.path, json={"enabled": True})
    clock.advance(days=29, hours=23)
    await ann.sign_in()
    await mine.ping()
    await receiver.wait_for(2)
    clock.advance(hours=2)
    await Housekeeping(backend.resources.database, clock).sweep()
    async with backend.resources.database.transaction(writes=False) as transaction:
        kept = (await transaction.session.scalars(select(WebhookDeliveryRow.id))).all()
    assert len(kept) == 1
    assert message not in kept
