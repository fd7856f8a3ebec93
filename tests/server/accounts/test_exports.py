"""Exports: everything of one user and nothing of others, one at a time, fetched by a short-lived address."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server.exports.exporter import Exporter
from hivesync_server.exports.service import object_key
from hivesync_server.exports.tables import ExportRow
from hivesync_server.object_deletions.tables import ObjectDeletionRow
from sqlalchemy import func, select

from tests.server.accounts.conftest import Mailbox

EXPORT = "/api/v1/profile/export"


async def ready(user: BackendUser, backend: RunningBackend) -> dict[str, Any]:
    """Wait for an export, in no time: the exporter that is asked may be another than the one that has it."""
    resources = backend.resources
    exporter = Exporter(
        resources.database, resources.objects.artifacts, resources.clock, resources.export_ready
    )
    for _ in range(200):
        found: dict[str, Any] = (await user.client.get(EXPORT)).json()
        if found["state"] == "ready":
            return found
        await exporter.step()
    raise AssertionError(found)


async def fetched(url: str) -> dict[str, Any]:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(url)
    assert 'filename="hivesync-export.zip"' in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name.removesuffix(".json"): json.loads(archive.read(name)) for name in archive.namelist()}


async def test_an_export_holds_all_of_its_user_and_nothing_secret_or_of_others(
    ann: BackendUser, bob: BackendUser, backend: RunningBackend, mailbox: Mailbox
) -> None:
    project = await ann.project("Shop")
    await bob.project("Bobs")
    path = f"/api/v1/projects/{project}"
    await ann.client.post(f"{path}/tasks", json={"title": "Paint it"})
    await ann.client.post(f"{path}/comments", json={"target": {"kind": "project"}, "body": "Nice, isn't it?"})
    key = await ann.api_key(name="CI")
    asked = await ann.client.post(EXPORT)
    assert (asked.status_code, asked.json()["state"]) == (202, "pending")
    found = await ready(ann, backend)
    data = await fetched(found["download_url"])
    assert [row["email"] for row in data["profile"]] == [ann.email]
    assert [row["name"] for row in data["projects"]] == ["Shop"]
    assert [row["title"] for row in data["tasks"]] == ["Paint it"]
    assert [row["body"] for row in data["comments"]] == ["Nice, isn't it?"]
    assert [row["name"] for row in data["api_keys"]] == ["CI"]
    assert "api_key.created" in [row["action"] for row in data["security"]]
    assert data["sessions"]
    text = json.dumps(data)
    for secret in (key["key"], "$argon2", ann.tokens["refresh_token"], "bob@", "Bobs"):
        assert secret not in text
    assert (await mailbox.subjects(ann.email))[-1] == "Your HiveSync data is ready"
    assert (await bob.client.get(EXPORT)).status_code == 404


async def test_there_is_one_at_a_time_and_it_is_gone_after_a_week(
    ann: BackendUser, backend: RunningBackend, clock: MovableClock
) -> None:
    await ann.client.post(EXPORT)
    first = await ready(ann, backend)
    async with backend.resources.database.transaction() as transaction:
        row = await transaction.session.get_one(ExportRow, first["id"])
        row.state = "pending"
    again = await ann.client.post(EXPORT)
    assert (again.status_code, again.json()["code"]) == (409, "CONFLICT")
    async with backend.resources.database.transaction() as transaction:
        row = await transaction.session.get_one(ExportRow, first["id"])
        row.state = "ready"
    # A new one takes the place of the one before.
    assert (await ann.client.post(EXPORT)).status_code == 202
    assert (await ready(ann, backend))["id"] != first["id"]
    clock.advance(days=7, seconds=1)
    await ann.sign_in()
    assert (await ann.client.get(EXPORT)).status_code == 404


@pytest.mark.any_database
async def test_a_store_that_fails_is_asked_again(
    ann: BackendUser, backend: RunningBackend, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hivesync_server.adapters.objects import ObjectStoreUnreachable, S3ObjectStore

    async def fail(*_: object) -> None:
        raise ObjectStoreUnreachable

    with monkeypatch.context() as broken:
        broken.setattr(S3ObjectStore, "put", fail)
        await ann.client.post(EXPORT)
        resources = backend.resources
        exporter = Exporter(
            resources.database, resources.objects.artifacts, resources.clock, resources.export_ready
        )
        await exporter.step()
        assert (await ann.client.get(EXPORT)).json()["state"] == "pending"
    clock.advance(seconds=60)
    assert (await ready(ann, backend))["size"] > 0


@pytest.mark.any_database
async def test_no_key_reaches_it(ann: BackendUser) -> None:
    key = await ann.api_key(scope="write")
    headers = {"Authorization": f"Bearer {key['key']}"}
    assert (await ann.client.post(EXPORT, headers=headers)).status_code == 403
    assert (await ann.client.get(EXPORT, headers=headers)).status_code == 403


@pytest.mark.any_database
async def test_what_is_over_is_deleted(
    ann: BackendUser, backend: RunningBackend, clock: MovableClock
) -> None:
    from hivesync_server.exports.service import collect
    from hivesync_server.object_deletions.service import ObjectDeletions

    await ann.client.post(EXPORT)
    export = await ready(ann, backend)
    clock.advance(days=7, seconds=1)
    resources = backend.resources
    async with resources.database.transaction() as transaction:
        await collect(ObjectDeletions(transaction, resources.deletion_ready, clock()))
        assert await transaction.session.scalar(select(func.count()).select_from(ExportRow)) == 0
        keys = await transaction.session.scalars(select(ObjectDeletionRow.key))
        assert list(keys) == [object_key(export["id"])]
        await transaction.session.rollback()
