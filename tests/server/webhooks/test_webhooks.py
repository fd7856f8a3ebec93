"""A user's webhooks: the secret shown once, nobody else's business, and never in the reach of an API key."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_dev.servers.webhook_receiver import WebhookReceiver
from hivesync_server.audit.tables import AuditRow
from hivesync_server.webhooks.tables import WebhookRow
from sqlalchemy import select

from tests.server.team.conftest import join
from tests.server.webhooks.conftest import HOOKS, hook

BODY = {"url": "https://hooks.example.com/in?key=1", "events": ["task.*", "preview.ready"]}
NOWHERE = "01890000-0000-7000-8000-000000000000"


async def test_a_webhook_from_its_beginning_to_its_end(ann: BackendUser, backend: RunningBackend) -> None:
    project = await ann.project()
    answer = await ann.client.post(HOOKS, json=BODY | {"project_id": project, "description": "CI"})
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    created, secret = answer.json()["webhook"], answer.json()["secret"]
    path = answer.headers["location"]
    assert created["events"] == BODY["events"]
    assert (created["project_id"], created["enabled"], created["disabled_reason"]) == (project, True, None)
    assert 24 <= len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) <= 64
    assert (await ann.client.get(HOOKS)).json()["items"] == [created]

    tag = (await ann.client.get(path)).headers["etag"]
    patch = {"events": ["*"], "description": None, "url": "https://other.example.com/"}
    changed = await ann.client.patch(path, json=patch, headers={"If-Match": tag})
    assert (changed.json()["events"], changed.json()["description"]) == (["*"], "")
    stale = await ann.client.patch(path, json={"enabled": False}, headers={"If-Match": tag})
    assert (stale.status_code, stale.json()["code"]) == (412, "PRECONDITION_FAILED")
    switched = (await ann.client.patch(path, json={"enabled": False})).json()
    assert (switched["enabled"], switched["disabled_reason"]) == (False, "by_owner")
    assert (await ann.client.post(f"{path}/test")).json()["code"] == "CONFLICT"
    assert (await ann.client.patch(path, json={"enabled": True})).json()["enabled"] is True

    async with backend.resources.database.transaction(writes=False) as transaction:
        row = (await transaction.session.scalars(select(WebhookRow))).one()
        assert secret not in row.secret
    assert (await ann.client.delete(path)).status_code == 204
    assert (await ann.client.get(path)).status_code == 404
    async with backend.resources.database.transaction(writes=False) as transaction:
        entries = (await transaction.session.scalars(select(AuditRow).order_by(AuditRow.id))).all()
    noted = [entry for entry in entries if entry.action.startswith("webhook.")]
    assert [entry.action.partition(".")[2] for entry in noted] == ["created", *["changed"] * 3, "deleted"]
    assert {(entry.actor_id, entry.subject_id) for entry in noted} == {(ann.profile["id"], created["id"])}
    # The path and the query of a URL are where many services have their secret.
    assert not any("key=1" in entry.data or secret in entry.data for entry in noted)


@pytest.mark.any_database
async def test_a_repeated_request_makes_no_second_one_and_shows_nothing(ann: BackendUser) -> None:
    answers = [await ann.client.post(HOOKS, json=BODY, headers={"Idempotency-Key": "once"}) for _ in range(2)]
    first, second = (answer.json() for answer in answers)
    assert second == {"webhook": first["webhook"], "secret": None}
    assert len((await ann.client.get(HOOKS)).json()["items"]) == 1


@pytest.mark.any_database
async def test_nobody_reaches_webhooks_of_others(
    ann: BackendUser, bob: BackendUser, receiver: WebhookReceiver
) -> None:
    his = await hook(bob, f"{receiver.origin}/bob")
    mine = await hook(ann, f"{receiver.origin}/ann")
    message = (await mine.ping())["id"]
    await receiver.wait_for(1, "/ann")
    theirs = f"{mine.path}/deliveries/{message}"
    tries: list[tuple[str, str, Any]] = [
        ("GET", mine.path, None),
        ("PATCH", mine.path, {"url": f"{receiver.origin}/stolen"}),
        ("DELETE", mine.path, None),
        ("POST", f"{mine.path}/secret", None),
        ("POST", f"{mine.path}/test", None),
        ("GET", f"{mine.path}/deliveries", None),
        ("GET", theirs, None),
        ("POST", f"{theirs}/redeliver", None),
        # One's own webhook does not open the log of another's.
        ("GET", f"{his.path}/deliveries/{message}", None),
        ("POST", f"{his.path}/deliveries/{message}/redeliver", None),
        ("GET", f"{HOOKS}/{NOWHERE}", None),
    ]
    for method, path, body in tries:
        answer = await bob.client.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND"), (method, path)
    assert [item["id"] for item in (await bob.client.get(HOOKS)).json()["items"]] == [his.id]
    assert (await mine.shown())["url"] == f"{receiver.origin}/ann"
    assert len(receiver.messages) == 1


@pytest.mark.any_database
async def test_only_the_owner_has_webhooks_of_a_project(ann: BackendUser, bob: BackendUser) -> None:
    project = await ann.project()
    body = BODY | {"project_id": project}
    stranger = await bob.client.post(HOOKS, json=body)
    assert (stranger.status_code, stranger.json()["code"]) == (404, "NOT_FOUND")
    await join(ann, project, bob)
    member = await bob.client.post(HOOKS, json=body)
    assert (member.status_code, member.json()["code"]) == (403, "FORBIDDEN")


@pytest.mark.any_database
async def test_an_api_key_reaches_none_of_it(ann: BackendUser, backend: RunningBackend) -> None:
    created = (await ann.client.post(HOOKS, json=BODY)).json()["webhook"]["id"]
    key = (await ann.api_key(scope="write"))["key"]
    async with backend.client(headers={"Authorization": f"Bearer {key}"}) as script:
        for method, path in (("GET", HOOKS), ("POST", HOOKS), ("POST", f"{HOOKS}/{created}/secret")):
            answer = await script.request(method, path, json=BODY)
            assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


async def test_many_at_once_do_not_pass_the_limit(ann: BackendUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hivesync_server.webhooks.service.WEBHOOKS_MAX", 2)
    answers = await asyncio.gather(*(ann.client.post(HOOKS, json=BODY) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409]


@pytest.mark.any_database
async def test_what_can_not_be_a_webhook_is_refused_by_field(ann: BackendUser) -> None:
    refused: list[tuple[str, Any]] = [
        ("url", "http://example.com/"),
        ("url", "https://169.254.169.254/latest"),
        ("url", "https://user:pass@example.com/"),
        ("url", "https://example.com:25/"),
        ("url", None),
        ("events", []),
        ("events", ["ping"]),
        ("events", ["task"]),
        ("events", ["task.eaten"]),
        ("events", ["*"] * 51),
        ("events", None),
        ("description", "a\nb"),
        ("description", "x" * 201),
        ("project_id", "x"),
        ("secret", "whsec_mine"),
        ("user_id", NOWHERE),
        ("disabled_reason", None),
    ]
    for field, value in refused:
        answer = await ann.client.post(HOOKS, json=BODY | {field: value})
        assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR"), (field, value)
        assert answer.json()["errors"][0]["field"].startswith(field)
    path = f"{HOOKS}/{(await ann.client.post(HOOKS, json=BODY)).json()['webhook']['id']}"
    for patch in (
        {"url": None},
        {"events": None},
        {"enabled": None},
        {"url": "https://10.0.0.1/"},
        {"id": "x"},
    ):
        assert (await ann.client.patch(path, json=patch)).status_code == 422, patch


@pytest.mark.any_database
async def test_both_secrets_sign_for_a_day_and_then_the_new_one_alone(
    ann: BackendUser, backend: RunningBackend, receiver: WebhookReceiver, clock: MovableClock
) -> None:
    mine = await hook(ann, f"{receiver.origin}/in")
    renewed = await ann.client.post(f"{mine.path}/secret", headers={"Idempotency-Key": "once"})
    again = await ann.client.post(f"{mine.path}/secret", headers={"Idempotency-Key": "once"})
    fresh = renewed.json()["secret"]
    assert (renewed.status_code, again.json()["secret"]) == (200, None)
    assert renewed.json()["webhook"]["previous_secret_until"] is not None
    await mine.ping()
    (first,) = await receiver.wait_for(1)
    assert (first.signed_with(fresh), first.signed_with(mine.secret)) == (True, True)
    assert len(first.headers["webhook-signature"].split(" ")) == 2
    clock.advance(hours=24)
    await ann.sign_in()
    assert (await mine.shown())["previous_secret_until"] is None
    await mine.ping()
    second = (await receiver.wait_for(2))[1]
    assert (second.signed_with(fresh), second.signed_with(mine.secret)) == (True, False)
    assert len(second.headers["webhook-signature"].split(" ")) == 1


@pytest.mark.any_database
async def test_lists_are_walked_by_cursor(ann: BackendUser, receiver: WebhookReceiver) -> None:
    hooks = [await hook(ann, f"{receiver.origin}/{number}") for number in range(3)]
    pings = [(await hooks[0].ping())["id"] for _ in range(3)]
    for path, ids in ((HOOKS, [each.id for each in hooks]), (f"{hooks[0].path}/deliveries", pings)):
        first = (await ann.client.get(path, params={"limit": 2})).json()
        second = (await ann.client.get(path, params={"limit": 2, "cursor": first["next_cursor"]})).json()
        assert [item["id"] for item in first["items"] + second["items"]] == ids[::-1]
        assert second["next_cursor"] is None
    assert "whsec_" not in json.dumps((await ann.client.get(HOOKS)).json())
