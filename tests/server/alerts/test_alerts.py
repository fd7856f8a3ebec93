"""Alerts: each trouble told once an hour, where the settings say, and lost nowhere on its way to Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hivesync_contract.alerts import Alert, AlertKind, AlertSettings, AlertSettingsPatch, SlackState
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_dev.servers.webhook_receiver import WebhookReceiver
from hivesync_dev.waiting import until
from hivesync_server.adapters.outbound.targets import TargetRefused
from hivesync_server.alerts.service import alert_shape, alerts_on
from hivesync_server.alerts.tables import AlertMessageRow, AlertSettingsRow
from hivesync_server.housekeeping import Housekeeping
from hivesync_server.mails.tables import MailRow
from sqlalchemy import select

Raise = Callable[..., Awaitable[bool]]


@pytest.fixture
def raised(backend: RunningBackend) -> Raise:
    async def run(kind: AlertKind, text: str, key: str = "") -> bool:
        async with backend.resources.database.transaction() as transaction:
            return await alerts_on(backend.resources, transaction).raise_alert(kind, text, key)

    return run


async def change(backend: RunningBackend, patch: AlertSettingsPatch) -> AlertSettings:
    async with backend.resources.database.transaction() as transaction:
        return await alerts_on(backend.resources, transaction).change_settings(patch)


async def listed(backend: RunningBackend) -> list[Alert]:
    async with backend.resources.database.transaction(writes=False) as transaction:
        rows = await alerts_on(backend.resources, transaction).repository.page(None, 50)
    return [alert_shape(row) for row in rows]


async def reached(backend: RunningBackend, state: SlackState) -> Alert:
    async def look() -> list[Alert]:
        return [alert for alert in await listed(backend) if alert.slack is state]

    return (await until(look))[0]


async def tried(backend: RunningBackend) -> bool:
    """Tell whether Slack has said no once, and that was noted."""
    async with backend.resources.database.transaction(writes=False) as transaction:
        return await transaction.session.scalar(select(AlertMessageRow.tries)) == 1


async def mails(backend: RunningBackend) -> list[MailRow]:
    """Give the mails that went to who was named, beside those to administrators."""
    async with backend.resources.database.transaction(writes=False) as transaction:
        query = (
            select(MailRow)
            .where(MailRow.kind == "alert", MailRow.recipient != "ann@example.com")
            .order_by(MailRow.id)
        )
        return list(await transaction.session.scalars(query))


async def told(user: BackendUser) -> list[str]:
    items = (await user.client.get("/api/v1/notifications")).json()["items"]
    return [item["type"] for item in items]


async def test_a_trouble_is_told_everywhere_once_an_hour(
    ann: BackendUser,
    bob: BackendUser,
    backend: RunningBackend,
    slack: WebhookReceiver,
    clock: MovableClock,
    raised: Raise,
) -> None:
    url = f"{slack.origin}/services/canary"
    settings = await change(backend, AlertSettingsPatch(slack_url=url, emails=["ops@example.com"]))
    assert (settings.slack, settings.emails) == (True, ["ops@example.com"])
    assert len(settings.kinds) == 5
    at_once = await asyncio.gather(*(raised(AlertKind.WORKER_DOWN, "<!channel> & co", "a") for _ in range(4)))
    assert sorted(at_once) == [False, False, False, True]
    assert await raised(AlertKind.WORKER_DOWN, "Another one", "b")
    messages = await slack.wait_for(2)
    assert messages[0].payload["text"] == "HiveSync: Worker down: &lt;!channel&gt; &amp; co"
    header, said, context = messages[0].payload["blocks"]
    assert header["text"]["text"] == ":red_circle: Worker down"
    assert said["text"] == {"type": "plain_text", "text": "<!channel> & co", "emoji": False}
    assert f"<{backend.url}/admin/workers|See the Workers>" in context["elements"][0]["text"]
    assert (await told(ann), await told(bob)) == (["worker_down"] * 2, [])
    sent = await mails(backend)
    assert [mail.recipient for mail in sent] == ["ops@example.com"] * 2
    assert "<!channel>" in sent[0].body
    assert "<!channel>" not in sent[0].html

    clock.advance(hours=1, minutes=1)
    await ann.sign_in()
    assert await raised(AlertKind.WORKER_DOWN, "Still down", "a")
    again = (await slack.wait_for(3))[2].payload
    assert again["text"].endswith("Still down")
    assert len(await told(ann)) == 3
    second, first = await listed(backend)
    assert (first.key, first.text, first.count) == ("a", "Still down", 5)
    assert (second.key, second.count) == ("b", 1)
    assert first.first_at < first.told_at
    async with backend.resources.database.transaction(writes=False) as transaction:
        stored = (await transaction.session.scalars(select(AlertSettingsRow))).one()
    assert "canary" not in (stored.slack_url or "")


@pytest.mark.any_database
async def test_slack_is_asked_again_until_it_takes_an_alert_or_refuses_for_good(
    backend: RunningBackend, slack: WebhookReceiver, clock: MovableClock, raised: Raise
) -> None:
    await change(backend, AlertSettingsPatch(slack_url=f"{slack.origin}/s"))
    slack.status, slack.headers = 429, {"Retry-After": "600"}
    await raised(AlertKind.QUEUE_HIGH, "1,000 jobs wait")
    await until(lambda: tried(backend))
    clock.advance(minutes=9)
    backend.resources.alert_ready.set()
    await asyncio.sleep(0.3)
    assert (len(slack.messages), (await listed(backend))[0].slack) == (1, SlackState.PENDING)
    slack.status, slack.headers = 200, {}
    clock.advance(minutes=2)
    backend.resources.alert_ready.set()
    await reached(backend, SlackState.DELIVERED)
    slack.status = 404
    await raised(AlertKind.JOB_FAILED, "x")
    await reached(backend, SlackState.FAILED)
    assert len(slack.messages) == 3
    clock.advance(days=91)
    await Housekeeping(backend.resources.database, clock).sweep()
    assert await listed(backend) == []


@pytest.mark.any_database
async def test_only_what_was_chosen_goes_out_and_a_test_always_does(
    ann: BackendUser, backend: RunningBackend, slack: WebhookReceiver, raised: Raise
) -> None:
    await change(backend, AlertSettingsPatch(f"{slack.origin}/s", ["a@example.com"], [AlertKind.JOB_FAILED]))
    assert await raised(AlertKind.SECURITY_EVENT, "somebody guesses")
    # Administrators hear of it in the app all the same.
    assert await told(ann) == ["security_event"]
    for _ in range(2):
        async with backend.resources.database.transaction() as transaction:
            await alerts_on(backend.resources, transaction).test()
    messages = await slack.wait_for(2)
    assert all("Test alert" in message.payload["text"] for message in messages)
    assert len(await mails(backend)) == 2
    assert (await change(backend, AlertSettingsPatch(slack_url=""))).slack is False
    assert await raised(AlertKind.JOB_FAILED, "x")
    assert len(await mails(backend)) == 3
    assert len(slack.messages) == 2


@pytest.mark.any_database
@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/services/x",
        "https://hooks.slack.com.example.com/x",
        "https://user@hooks.slack.com/x",
        "http://hooks.slack.com/x",
        "https://169.254.169.254/x",
    ],
)
async def test_an_address_that_is_not_slack_s_is_refused(backend: RunningBackend, url: str) -> None:
    with pytest.raises(TargetRefused):
        await change(backend, AlertSettingsPatch(slack_url=url))
