"""`Idempotency-Key`: a repeated request is done once, whatever happened to the first."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server.http import idempotency
from hivesync_server.http.idempotency import IdempotencyRow
from hivesync_server.projects.schemas import ProjectCreateBody
from hivesync_server.projects.service import Projects
from hivesync_server.projects.tables import ProjectRow
from sqlalchemy import update

PROJECTS = "/api/v1/projects"
KEY = {"Idempotency-Key": "once"}


async def count(user: BackendUser) -> int:
    return len((await user.client.get(PROJECTS)).json()["items"])


async def test_a_repeated_request_gets_the_same_answer(ann: BackendUser) -> None:
    first = await ann.client.post(PROJECTS, json={"name": "A"}, headers=KEY)
    second = await ann.client.post(PROJECTS, json={"name": "A"}, headers=KEY)
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["location"] == first.headers["location"]
    assert second.headers["content-type"] == first.headers["content-type"]
    assert await count(ann) == 1


async def test_a_repeated_delete_is_no_error(ann: BackendUser) -> None:
    path = f"{PROJECTS}/{await ann.project()}"
    for _ in range(2):
        assert (await ann.client.delete(path, headers=KEY)).status_code == 204
    assert (await ann.client.delete(path)).status_code == 404


async def test_the_same_key_for_another_body_is_refused(ann: BackendUser) -> None:
    await ann.client.post(PROJECTS, json={"name": "A"}, headers=KEY)
    answer = await ann.client.post(PROJECTS, json={"name": "B"}, headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (422, "IDEMPOTENCY_CONFLICT")
    assert await count(ann) == 1


async def test_many_at_once_are_done_once(ann: BackendUser) -> None:
    sent = [ann.client.post(PROJECTS, json={"name": "A"}, headers=KEY) for _ in range(10)]
    answers = await asyncio.gather(*sent)
    assert await count(ann) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    for answer in answers:
        if answer.status_code == 409:
            assert int(answer.headers["retry-after"]) >= 1


async def test_keys_of_two_users_are_not_the_same(ann: BackendUser, bob: BackendUser) -> None:
    for user in (ann, bob):
        assert (await user.client.post(PROJECTS, json={"name": "A"}, headers=KEY)).status_code == 201
        assert await count(user) == 1


async def test_a_request_that_failed_may_be_sent_again(ann: BackendUser) -> None:
    path = f"{PROJECTS}/{await ann.project()}"
    stale = KEY | {"If-Match": '"other"'}
    assert (await ann.client.patch(path, json={"name": "B"}, headers=stale)).status_code == 412
    assert (await ann.client.patch(path, json={"name": "B"}, headers=KEY)).status_code == 200


async def test_a_key_is_forgotten_after_30_days(ann: BackendUser, clock: MovableClock) -> None:
    await ann.client.post(PROJECTS, json={"name": "A"}, headers=KEY)
    clock.advance(days=31)
    await ann.sign_in()
    await ann.client.post(PROJECTS, json={"name": "A"}, headers=KEY)
    assert await count(ann) == 2


async def test_a_running_request_makes_others_wait_until_its_process_is_taken_for_dead(
    ann: BackendUser, backend: RunningBackend, clock: MovableClock
) -> None:
    await ann.client.post(PROJECTS, json={"name": "A"}, headers=KEY)
    async with backend.resources.database.transaction() as transaction:
        # As a crash between claim and commit leaves it: claimed, no answer (and no project of that request).
        await transaction.session.execute(update(IdempotencyRow).values(status=None))
    answer = await ann.client.post(PROJECTS, json={"name": "A"}, headers=KEY)
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "1")
    clock.advance(seconds=6)
    assert (await ann.client.post(PROJECTS, json={"name": "A"}, headers=KEY)).status_code == 201


async def test_a_request_that_takes_long_keeps_its_claim(
    ann: BackendUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "LEASE", timedelta(seconds=0.4))
    monkeypatch.setattr(idempotency, "RENEWAL_SECONDS", 0.05)
    begun = asyncio.Event()
    create = Projects.create

    async def slowly(self: Projects, owner_id: str, body: ProjectCreateBody) -> ProjectRow:
        begun.set()
        await asyncio.sleep(1)
        return await create(self, owner_id, body)

    monkeypatch.setattr(Projects, "create", slowly)
    first = asyncio.create_task(ann.client.post(PROJECTS, json={"name": "A"}, headers=KEY))
    await begun.wait()
    await asyncio.sleep(0.6)
    second = await ann.client.post(PROJECTS, json={"name": "A"}, headers=KEY)
    assert ((await first).status_code, await count(ann)) == (201, 1)
    assert second.status_code == 409


async def test_a_put_is_done_once_too(ann: BackendUser) -> None:
    path = f"{PROJECTS}/{await ann.project()}/favorite"
    await ann.client.put(path, headers=KEY)
    await ann.client.delete(path)
    await ann.client.put(path, headers=KEY)
    assert (await ann.client.get(path)).json() == {"favorite": False}


@pytest.mark.any_database
@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_senseless_key_is_refused(ann: BackendUser, key: str) -> None:
    answer = await ann.client.post(PROJECTS, json={"name": "A"}, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
