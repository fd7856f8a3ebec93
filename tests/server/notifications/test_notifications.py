"""Notifications: listed, counted, read, and sent only where their user wants them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hivesync_contract.identity import Tier
from hivesync_contract.notifications import NotificationType
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server.auth.tables import UserRow
from hivesync_server.events.tables import EventRow
from hivesync_server.housekeeping import NOTIFICATIONS_KEPT, Housekeeping
from hivesync_server.mails.tables import MailRow
from sqlalchemy import select, update

from .conftest import Tell

ROOT = "/api/v1/notifications"


async def _items(user: BackendUser, query: str = "") -> list[dict[str, object]]:
    answer = await user.client.get(ROOT + query)
    answer.raise_for_status()
    items: list[dict[str, object]] = answer.json()["items"]
    return items


async def _unread(user: BackendUser) -> int:
    return int((await user.client.get(f"{ROOT}/unread")).json()["count"])


async def _set(backend: RunningBackend, user: BackendUser, **values: object) -> None:
    async with backend.resources.database.transaction() as transaction:
        await transaction.session.execute(
            update(UserRow).where(UserRow.id == user.profile["id"]).values(**values)
        )


async def test_news_are_listed_newest_first_in_pages(ann: BackendUser, tell: Tell) -> None:
    for number in range(3):
        await tell(ann, f"news {number}")
    first = (await ann.client.get(f"{ROOT}?limit=2")).json()
    assert [item["text"] for item in first["items"]] == ["news 2", "news 1"]
    second = (await ann.client.get(f"{ROOT}?limit=2&cursor={first['next_cursor']}")).json()
    assert [item["text"] for item in second["items"]] == ["news 0"]
    assert second["next_cursor"] is None


async def test_one_is_read_and_unread_again(ann: BackendUser, tell: Tell) -> None:
    await tell(ann)
    path = f"{ROOT}/{(await _items(ann))[0]['id']}"
    for read, left in ((True, 0), (True, 0), (False, 1)):
        assert (await ann.client.patch(path, json={"read": read})).json()["read"] is read
        assert await _unread(ann) == left


async def test_lists_choose_by_what_was_read(ann: BackendUser, tell: Tell) -> None:
    for text in ("old", "new"):
        await tell(ann, text)
    old = next(item["id"] for item in await _items(ann) if item["text"] == "old")
    await ann.client.patch(f"{ROOT}/{old}", json={"read": True})
    assert [item["text"] for item in await _items(ann, "?unread=true")] == ["new"]
    assert [item["text"] for item in await _items(ann, "?unread=false")] == ["old"]


async def test_some_are_read_or_all_up_to_what_was_seen_or_all(ann: BackendUser, tell: Tell) -> None:
    for number in range(4):
        await tell(ann, str(number))
    newest, *_, oldest = [item["id"] for item in await _items(ann)]
    middle = (await _items(ann))[1]["id"]
    for body, left in (({"ids": [oldest]}, 3), ({"up_to": middle}, 1), ({}, 0)):
        answer = await ann.client.post(f"{ROOT}/read", json=body)
        assert answer.json() == {"count": left, "more": False}, body
    assert newest


async def test_reading_touches_nobody_elses(ann: BackendUser, bob: BackendUser, tell: Tell) -> None:
    await tell(ann)
    identifier = (await _items(ann))[0]["id"]
    assert (await bob.client.patch(f"{ROOT}/{identifier}", json={"read": True})).status_code == 404
    for body in ({"ids": [identifier]}, {"up_to": identifier}, {}):
        await bob.client.post(f"{ROOT}/read", json=body)
    assert await _unread(ann) == 1
    assert await _items(bob) == []


async def test_nobody_is_told_of_what_they_did(ann: BackendUser, bob: BackendUser, tell: Tell) -> None:
    await tell(ann, actor=ann)
    await tell(ann, actor=bob)
    assert [item["actor_id"] for item in await _items(ann)] == [bob.profile["id"]]


@pytest.mark.parametrize("tier", list(Tier))
async def test_only_premium_is_told_at_once(
    ann: BackendUser, backend: RunningBackend, tell: Tell, tier: Tier
) -> None:
    await _set(backend, ann, tier=tier.value)
    await tell(ann)
    async with backend.resources.database.transaction(writes=False) as transaction:
        kinds = (await transaction.session.scalars(select(EventRow.type))).all()
    assert ("notification.created" in kinds) is (tier is Tier.PREMIUM)
    assert await _unread(ann) == 1


async def test_settings_decide_where_news_go(ann: BackendUser, backend: RunningBackend, tell: Tell) -> None:
    await _set(backend, ann, email_verified=True)
    for in_app, email in ((True, True), (False, True), (True, False), (False, False)):
        channels = [{"type": "task_assigned", "in_app": in_app, "email": email}]
        answer = await ann.client.patch(f"{ROOT}/settings", json={"channels": channels})
        assert channels[0] in answer.json()["channels"]
        before = len(await _items(ann)), await _mails(backend)
        await tell(ann)
        assert (len(await _items(ann)), await _mails(backend)) == (before[0] + in_app, before[1] + email)


async def test_an_address_that_was_never_confirmed_gets_no_mail(
    ann: BackendUser, backend: RunningBackend, tell: Tell
) -> None:
    await _set(backend, ann, email_verified=False)
    before = await _mails(backend)
    await tell(ann, kind=NotificationType.MENTION)
    assert await _mails(backend) == before


async def test_what_is_for_admins_reaches_nobody_else(
    ann: BackendUser, backend: RunningBackend, tell: Tell
) -> None:
    await tell(ann, kind=NotificationType.WORKER_DOWN)
    assert await _items(ann) == []
    await _set(backend, ann, is_admin=True)
    await tell(ann, kind=NotificationType.WORKER_DOWN)
    assert len(await _items(ann)) == 1


async def test_hostile_text_stays_one_line_of_bounded_length(ann: BackendUser, tell: Tell) -> None:
    await tell(ann, "a\r\nBcc: x@example.com\x1b]0;owned\x07" + "<b>" * 1000)
    text = str((await _items(ann))[0]["text"])
    assert text.isprintable()
    assert len(text) == 300


async def test_counting_stops_somewhere(
    ann: BackendUser, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hivesync_server.notifications.service.UNREAD_MAX", 2)
    for expected in ((1, False), (2, False), (2, True)):
        await tell(ann)
        answer = (await ann.client.get(f"{ROOT}/unread")).json()
        assert (answer["count"], answer["more"]) == expected


async def test_old_news_go(
    ann: BackendUser, backend: RunningBackend, clock: MovableClock, tell: Tell
) -> None:
    await tell(ann, "old")
    clock.offset += NOTIFICATIONS_KEPT - timedelta(minutes=1)
    await tell(ann, "new")
    clock.offset += timedelta(minutes=2)
    await Housekeeping(backend.resources.database, clock).sweep()
    await ann.sign_in()
    assert [item["text"] for item in await _items(ann)] == ["new"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/read", {"ids": ["not an id"]}),
        ("POST", "/read", {"ids": ["01890000-0000-7000-8000-000000000000"] * 201}),
        ("POST", "/read", {"user_id": "x"}),
        ("PATCH", "/settings", {"channels": [{"type": "unknown", "in_app": True, "email": True}]}),
        ("PATCH", "/settings", {"channels": [{"type": "mention", "in_app": "yes", "email": True}]}),
        ("PATCH", "/01890000-0000-7000-8000-000000000000", {"read": 1}),
    ],
)
@pytest.mark.any_database
async def test_bad_input_is_named(ann: BackendUser, method: str, path: str, body: dict[str, object]) -> None:
    answer = await ann.client.request(method, ROOT + path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")


async def _mails(backend: RunningBackend) -> int:
    async with backend.resources.database.transaction(writes=False) as transaction:
        return len((await transaction.session.scalars(select(MailRow.id))).all())
