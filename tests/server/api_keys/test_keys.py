"""A user's keys: shown once, stored as a hash, ended at once, and nobody else's business."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server.api_keys.tables import ApiKeyRow
from hivesync_server.audit.tables import AuditRow
from hivesync_server.http.idempotency import IdempotencyRow
from hivesync_server.mails.tables import MailRow
from sqlalchemy import select

Program = Callable[..., Awaitable[httpx.AsyncClient]]
KEYS = "/api/v1/api-keys"
ME = "/api/v1/auth/me"


async def test_a_key_is_shown_once_and_stored_as_a_hash(ann: BackendUser, backend: RunningBackend) -> None:
    project = await ann.project()
    created = await ann.api_key(scope="write", project_ids=[project.upper(), project])
    listed = (await ann.client.get(KEYS)).json()["items"]
    assert listed == [created["api_key"]]
    assert created["key"] not in json.dumps(listed)
    assert (listed[0]["scope"], listed[0]["project_ids"]) == ("write", [project])
    assert created["key"].endswith(listed[0]["hint"])
    async with backend.resources.database.transaction(writes=False) as transaction:
        row = (await transaction.session.scalars(select(ApiKeyRow))).one()
    assert row.key_hash == hashlib.sha256(created["key"].encode()).digest()


async def test_a_repeated_request_makes_no_second_key_and_shows_nothing(
    ann: BackendUser, backend: RunningBackend
) -> None:
    answers = [
        await ann.client.post(KEYS, json={"name": "CI"}, headers={"Idempotency-Key": "once"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    first, second = (answer.json() for answer in answers)
    assert second == {"api_key": first["api_key"], "key": None}
    assert answers[0].headers["cache-control"] == "no-store"
    assert len((await ann.client.get(KEYS)).json()["items"]) == 1
    async with backend.resources.database.transaction(writes=False) as transaction:
        kept = (await transaction.session.scalars(select(IdempotencyRow.body))).all()
    assert not any(first["key"].encode() in (body or b"") for body in kept)


async def test_a_deleted_key_is_refused_at_once(ann: BackendUser, program: Program) -> None:
    script = await program(ann)
    assert (await script.get(ME)).json()["username"] == "ann"
    key_id = (await ann.client.get(KEYS)).json()["items"][0]["id"]
    assert (await ann.client.delete(f"{KEYS}/{key_id}")).status_code == 204
    answer = await script.get(ME)
    assert (answer.status_code, answer.json()["code"]) == (401, "AUTH_INVALID")
    assert (await ann.client.delete(f"{KEYS}/{key_id}")).status_code == 404


async def test_a_deleted_key_loses_the_stream_that_it_holds_open(ann: BackendUser, program: Program) -> None:
    script = await program(ann)
    key_id = (await ann.client.get(KEYS)).json()["items"][0]["id"]
    async with asyncio.timeout(5), script.stream("GET", "/api/v1/events") as stream:
        chunks = stream.aiter_bytes()
        assert b"following" in await anext(chunks)
        await ann.client.delete(f"{KEYS}/{key_id}")
        assert [chunk async for chunk in chunks if b"event:" in chunk] == []


async def test_a_key_ends_when_it_said(ann: BackendUser, program: Program, clock: MovableClock) -> None:
    until = clock().isoformat().replace("+00:00", "Z")
    assert (await ann.client.post(KEYS, json={"name": "x", "expires_at": until})).status_code == 422
    clock.advance(hours=-1)
    script = await program(ann, expires_at=until)
    assert (await script.get(ME)).status_code == 200
    clock.advance(hours=1)
    answer = await script.get(ME)
    assert (answer.status_code, answer.json()["code"]) == (401, "AUTH_EXPIRED")


async def test_the_last_use_is_noted_at_most_once_a_minute(
    ann: BackendUser, program: Program, clock: MovableClock
) -> None:
    async def last_used() -> object:
        return (await ann.client.get(KEYS)).json()["items"][0]["last_used_at"]

    script = await program(ann)
    assert await last_used() is None
    await script.get(ME)
    first = await last_used()
    assert first is not None
    await script.get(ME)
    assert await last_used() == first
    clock.advance(minutes=1)
    await script.get(ME)
    assert str(await last_used()) > str(first)


async def test_keys_of_others_are_not_there(ann: BackendUser, bob: BackendUser) -> None:
    created = await ann.api_key()
    assert (await bob.client.get(KEYS)).json()["items"] == []
    answer = await bob.client.delete(f"{KEYS}/{created['api_key']['id']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    answer = await bob.client.post(KEYS, json={"name": "x", "project_ids": [await ann.project()]})
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


async def test_lists_are_walked_by_cursor(ann: BackendUser) -> None:
    ids = [(await ann.api_key(name=str(number)))["api_key"]["id"] for number in range(3)]
    first = (await ann.client.get(KEYS, params={"limit": 2})).json()
    second = (await ann.client.get(KEYS, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in first["items"] + second["items"]] == ids[::-1]
    assert second["next_cursor"] is None


async def test_many_at_once_do_not_pass_the_limit(ann: BackendUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hivesync_server.api_keys.service.KEYS_MAX", 2)
    answers = await asyncio.gather(*(ann.client.post(KEYS, json={"name": "x"}) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409]


async def test_both_ends_of_a_key_are_audited_and_its_user_is_told(
    ann: BackendUser, backend: RunningBackend
) -> None:
    created = await ann.api_key(name="Deploy")
    key_id = created["api_key"]["id"]
    await ann.client.delete(f"{KEYS}/{key_id}")
    async with backend.resources.database.transaction(writes=False) as transaction:
        entries = (await transaction.session.scalars(select(AuditRow).order_by(AuditRow.id))).all()
        mails = (
            await transaction.session.scalars(select(MailRow).where(MailRow.subject.contains("API key")))
        ).all()
    assert [entry.action for entry in entries] == ["api_key.created", "api_key.deleted"]
    assert {(entry.actor_id, entry.subject_id) for entry in entries} == {(ann.profile["id"], key_id)}
    assert {entry.address for entry in entries} == {"127.0.0.1"}
    assert not any(created["key"] in entry.data for entry in entries)
    assert [mail.recipient for mail in mails] == [ann.email]
    assert "Deploy" in mails[0].body
    assert created["key"] not in mails[0].body


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "a\nb"),
        ("name", "x" * 121),
        ("scope", "admin"),
        ("project_ids", []),
        ("project_ids", ["x"]),
        ("project_ids", ["01890000-0000-7000-8000-000000000000"] * 51),
        ("expires_at", "2999-01-01T00:00:00"),
        ("expires_at", "2001-01-01T00:00:00Z"),
        ("user_id", "01890000-0000-7000-8000-000000000000"),
    ],
)
async def test_bad_input_is_named(ann: BackendUser, field: str, value: object) -> None:
    answer = await ann.client.post(KEYS, json={"name": "x", field: value})
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
    assert answer.json()["errors"][0]["field"].split(".")[0] == field


@pytest.mark.any_database
@pytest.mark.parametrize("key", ["hs_", "hs_x", "hs_" + "0" * 49, "HS_" + "0" * 49])
async def test_what_is_no_key_is_refused(client: httpx.AsyncClient, key: str) -> None:
    answer = await client.get(ME, headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "AUTH_INVALID")
    assert answer.headers["www-authenticate"] == "Bearer"
