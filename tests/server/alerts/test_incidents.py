"""What raises alerts: troubles that begin and end, told once however many see them, and what attackers do."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import httpx
import pytest
from hivesync_contract.alerts import AlertSettingsPatch
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.fake_resend import FakeResend
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_dev.servers.webhook_receiver import WebhookReceiver
from hivesync_dev.waiting import until
from hivesync_server import operations
from hivesync_server.adapters.objects import open_stores
from hivesync_server.alerts.service import alerts_on
from hivesync_server.alerts.service_watch import ServiceWatch
from hivesync_server.mails.mail import Mail
from hivesync_server.mails.outbox import OutboxMailer
from hivesync_server.mails.tables import MailDeliveryRow, MailRow
from hivesync_server.resources import Resources
from hivesync_server.settings import Settings, load
from sqlalchemy import select, update


async def listen(backend: RunningBackend, slack: WebhookReceiver, *emails: str) -> None:
    """Have alerts sent to Slack, and to these addresses."""
    patch = AlertSettingsPatch(slack_url=f"{slack.origin}/s", emails=list(emails))
    async with backend.resources.database.transaction() as transaction:
        await alerts_on(backend.resources, transaction).change_settings(patch)


def without_objects(resources: Resources) -> Resources:
    """Give the resources of a server whose object store does not answer."""
    lost = replace(resources.settings.objects, endpoint="http://127.0.0.1:9")
    return replace(resources, objects=open_stores(lost))


async def notified(user: BackendUser) -> list[str]:
    answer = await user.client.get("/api/v1/notifications")
    return [item["text"] for item in answer.json()["items"]]


async def mailed(backend: RunningBackend) -> list[tuple[str, str]]:
    async with backend.resources.database.transaction(writes=False) as transaction:
        query = select(MailRow).where(MailRow.kind == "alert").order_by(MailRow.id)
        return [(mail.recipient, mail.subject) for mail in await transaction.session.scalars(query)]


async def test_an_incident_is_told_when_it_begins_and_when_it_is_over(
    ann: BackendUser,
    backend: RunningBackend,
    slack: WebhookReceiver,
    clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await listen(backend, slack, "ops@example.com")
    away = without_objects(backend.resources)
    first, second = ServiceWatch(away), ServiceWatch(away)
    await first.step()
    assert await notified(ann) == [], "once is no incident"
    for watch in (first, second, second, first):
        await watch.step()
    assert len(await notified(ann)) == 1
    well = ServiceWatch(backend.resources)
    for watch in (well, first, well, first):  # only some of the servers reach it
        clock.advance(minutes=1)
        await watch.step()
    assert len(await notified(ann)) == 1
    clock.advance(minutes=8)
    for _ in range(2):
        await well.step()
    messages = await slack.wait_for(2)
    assert "hivesync-previews" in messages[0].payload["text"]
    assert messages[1].payload["text"].startswith("HiveSync: Over: Service down: The object store")
    assert "Over after 12 minutes" in messages[1].payload["blocks"][1]["text"]["text"]
    over, begun = await notified(ann)
    assert over == f"Over after 12 minutes: {begun}"
    subjects = [subject for _, subject in await mailed(backend)]
    assert subjects[:2] == ["HiveSync: Service down", "HiveSync: Over: Service down"]

    full = SimpleNamespace(total=100 * 2**30, free=2**30)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    mail = replace(backend.resources.settings.mail, provider="resend")
    resources = replace(backend.resources, settings=replace(backend.resources.settings, mail=mail))
    async with resources.database.transaction() as transaction:
        await OutboxMailer(transaction.session, clock()).send(Mail("bob@example.com", "Hello", "Text"))
    clock.advance(minutes=16)
    await ann.sign_in()
    watch = ServiceWatch(resources)
    for _ in range(3):
        await watch.step()
    disk, mails = (await notified(ann))[:2]
    assert "1%" in disk
    assert "15 minutes" in mails


async def test_a_key_that_resend_refuses_is_told_in_slack_and_so_is_its_end(
    environ: dict[str, str], slack: WebhookReceiver
) -> None:
    resend = FakeResend("re_the_right_key")
    await resend.start()
    mail = {"EMAIL_PROVIDER": "resend", "RESEND_API_URL": resend.url, "EMAIL_FROM": "a <a@mail.example.com>"}
    for key, said in (("re_canary", "takes no mails"), ("re_the_right_key", "Over: Service down")):
        async with RunningBackend(load(environ | mail | {"RESEND_API_KEY": key})) as backend:
            await listen(backend, slack)
            async with backend.resources.database.transaction() as transaction:
                mailer = OutboxMailer(transaction.session, backend.resources.clock())
                await mailer.send(Mail("someone@example.com", "Hello", "Text"))
                due = backend.resources.clock() - timedelta(seconds=1)
                await transaction.session.execute(update(MailDeliveryRow).values(available_at=due))
            message = (await slack.wait_for(1 if key == "re_canary" else 2))[-1]
            assert said in message.payload["text"]
            assert "RESEND_API_KEY" in message.payload["text"]
            assert "canary" not in str(message.payload)
    assert [mail["to"] for mail in resend.carried] == [["someone@example.com"]] * 2
    await resend.stop()


@pytest.mark.any_database
async def test_who_runs_the_server_hears_of_attacks_and_of_what_other_admins_do(
    ann: BackendUser,
    bob: BackendUser,
    backend: RunningBackend,
    client: httpx.AsyncClient,
    settings: Settings,
    slack: WebhookReceiver,
    clock: MovableClock,
) -> None:
    await operations.create_admin(settings, "eve@example.com", "eve", PASSWORD)
    await listen(backend, slack, ann.email)
    stolen = bob.tokens["refresh_token"]
    answer = await client.post("/api/v1/auth/refresh", json={"refresh_token": stolen})
    bob.use(answer.json())
    assert (await bob.client.get("/api/v1/auth/me")).status_code == 200
    clock.advance(seconds=31)
    await client.post("/api/v1/auth/refresh", json={"refresh_token": stolen})
    assert "“bob”" in (await notified(ann))[0]

    for login in ["ann"] * 4 + ["bob"] * 5 + ["ann"]:
        assert len(await notified(ann)) == 1
        guess = {"login": login, "password": "wrong password"}
        assert (await client.post("/api/v1/auth/login", json=guess)).status_code == 401

    async def warned() -> bool:
        return len(await notified(ann)) == 2

    await until(warned)
    assert "administrator “ann”" in (await notified(ann))[0]

    async with backend.client() as other:
        eve = await BackendUser(other, "eve").sign_in()
        change = {"password": PASSWORD, "tier": "free"}
        path = f"/api/v1/admin/users/{bob.profile['id']}"
        for _ in range(2):
            assert (await other.patch(path, json=change)).status_code == 200
        assert "changed the account “bob” (tier: free)" in (await notified(ann))[0]
        assert (len(await notified(ann)), len(await notified(eve))) == (4, 2), "not of her own acts"
        entries = (await other.get("/api/v1/admin/audit")).json()["items"]
    assert {"admin.created", "session.stolen"} <= {entry["action"] for entry in entries}
    await slack.wait_for(4)
    # Ann's own settings have them mailed to her, so the list of addresses makes no second one.
    assert [recipient for recipient, _ in await mailed(backend)].count(ann.email) == 4
