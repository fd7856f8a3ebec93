"""The end of an account: proved twice, refused while others depend on it, and then complete."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.event_reader import EndOfStream, EventReader, listening
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_dev.waiting import until
from hivesync_server.audit.tables import AuditRow
from hivesync_server.auth.tables import UserRow
from sqlalchemy import inspect, select, text

from tests.server.accounts.conftest import Mailbox
from tests.server.accounts.test_totp import turn_on

ME, PROFILE = "/api/v1/auth/me", "/api/v1/profile"


async def delete(user: BackendUser, password: str = PASSWORD, **proof: str) -> httpx.Response:
    return await user.client.request("DELETE", PROFILE, json={"password": password, **proof})


async def join(owner: BackendUser, user: BackendUser, project_id: str) -> None:
    path = f"/api/v1/projects/{project_id}/team/invites"
    invite = (await owner.client.post(path, json={"username": user.username})).json()
    assert (await user.client.post(f"/api/v1/invites/{invite['id']}/accept")).status_code == 200


async def _drained(stream: EventReader) -> None:
    while True:
        try:
            await stream.next_event()
        except EndOfStream:
            return


async def test_all_that_is_its_alone_goes_and_what_others_share_stays(
    ann: BackendUser, bob: BackendUser, backend: RunningBackend, client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    own, shared = await ann.project("Own"), await bob.project("Shared")
    await ann.client.post(f"/api/v1/projects/{own}/tasks", json={"title": "Mine"})
    await join(bob, ann, shared)
    path = f"/api/v1/projects/{shared}"
    task = (await bob.client.post(f"{path}/tasks", json={"title": "Ours"})).json()
    await ann.client.post(f"{path}/comments", json={"target": {"kind": "project"}, "body": "Stays"})
    user_id, key = ann.profile["id"], (await ann.api_key())["key"]
    async with listening(ann.client) as stream:
        await stream.next()
        assert (await delete(ann)).status_code == 204
        # It ends by itself: what comes before is the team that was left.
        await _drained(stream)
    for token in (ann.tokens["access_token"], key):
        assert (await client.get(ME, headers={"Authorization": f"Bearer {token}"})).status_code == 401
    login = {"login": "ann", "password": PASSWORD}
    assert (await client.post("/api/v1/auth/login", json=login)).status_code == 401
    assert (await mailbox.subjects(ann.email))[-1] == "Your HiveSync account was deleted"
    # Others go on, without this member.
    team = (await bob.client.get(f"{path}/team")).json()["items"]
    assert [member["username"] for member in team] == ["bob"]
    assert (await bob.client.get(f"{path}/tasks/{task['id']}")).status_code == 200
    [comment] = (await bob.client.get(f"{path}/comments")).json()["items"]
    assert comment["body"] == "Stays"
    # The database knows the account no more, but for the entry that it was deleted, which has no address.
    async with backend.resources.database.transaction(writes=False) as transaction:
        session = transaction.session
        assert await session.get(UserRow, user_id) is None
        [entry] = await session.scalars(select(AuditRow).where(AuditRow.action == "account.deleted"))
        assert (entry.actor_id, entry.address) == (user_id, "")
        connection = await session.connection()
        tables = await connection.run_sync(
            lambda sync: {
                name: [column["name"] for column in inspect(sync).get_columns(name)]
                for name in inspect(sync).get_table_names()
            }
        )
        for name, columns in tables.items():
            if "user_id" in columns:
                rows = await session.execute(text(f"SELECT user_id FROM {name}"))  # noqa: S608
                assert user_id not in {str(row[0]) for row in rows}, name
    # Name and address are free again.
    account = {"email": ann.email, "username": "ann", "password": PASSWORD}
    assert (await client.post("/api/v1/auth/register", json=account)).status_code == 201


async def test_it_is_refused_while_others_work_in_a_project_of_the_account(
    ann: BackendUser, bob: BackendUser
) -> None:
    shop, _ = await ann.project("Shop"), await ann.project("Own")
    await join(ann, bob, shop)
    refused = await delete(ann)
    assert (refused.status_code, refused.json()["code"]) == (409, "CONFLICT")
    assert [error["field"] for error in refused.json()["errors"]] == [f"projects.{shop}"]
    transfer = {"user_id": bob.profile["id"]}
    await ann.client.post(f"/api/v1/projects/{shop}/team/transfer", json=transfer)
    assert (await delete(ann)).status_code == 204
    assert (await bob.client.get(f"/api/v1/projects/{shop}")).status_code == 200


async def test_a_deletion_that_is_repeated_while_it_is_done_is_told_that_the_account_is_gone(
    ann: BackendUser,
) -> None:
    answers = await asyncio.gather(*(delete(ann) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [204, 401, 401, 401]


@pytest.mark.any_database
async def test_it_needs_password_and_second_factor_and_no_key_can_do_it(
    ann: BackendUser, clock: MovableClock
) -> None:
    key = await ann.api_key(scope="write")
    app, _ = await turn_on(ann, clock)
    refused = [
        await delete(ann, "not the password", totp_code=app.next()),
        await delete(ann),
        await delete(ann, totp_code="000000"),
    ]
    assert [answer.status_code for answer in refused] == [403, 401, 401]
    headers = {"Authorization": f"Bearer {key['key']}"}
    body = {"password": PASSWORD, "totp_code": app.code()}
    by_key = await ann.client.request("DELETE", PROFILE, json=body, headers=headers)
    assert by_key.status_code == 403
    assert (await ann.client.get(ME)).status_code == 200
    assert (await delete(ann, totp_code=app.code())).status_code == 204


@pytest.mark.postgres_only
async def test_a_project_that_comes_to_the_account_meanwhile_stays(
    ann: BackendUser, bob: BackendUser, backend: RunningBackend
) -> None:
    """Interleaved by locks of a third transaction, in both orders."""
    shop = await ann.project("Shop")
    path = f"/api/v1/projects/{shop}/team"
    database = backend.resources.database
    whom = {"id": bob.profile["id"]}

    async def waiting(many: int) -> bool:
        here = "wait_event_type = 'Lock' AND datname = current_database()"
        query = f"SELECT count(*) FROM pg_stat_activity WHERE {here}"  # noqa: S608 - our own words
        async with database.transaction(writes=False) as transaction:
            return bool(await transaction.session.scalar(text(query)) == many)

    invite = (await ann.client.post(f"{path}/invites", json={"username": "bob"})).json()
    accept = f"/api/v1/invites/{invite['id']}/accept"
    async with asyncio.TaskGroup() as group, database.transaction() as transaction:
        # The deletion waits for this lock; who joins a team does not.
        await transaction.session.execute(text("SELECT 1 FROM users WHERE id = :id FOR KEY SHARE"), whom)
        deletion = group.create_task(delete(bob))
        await until(lambda: waiting(1))
        assert (await bob.client.post(accept)).status_code == 200
        given = await ann.client.post(f"{path}/transfer", json={"user_id": bob.profile["id"]})
        assert given.status_code == 200
    refused = await deletion
    assert (refused.status_code, refused.json()["code"]) == (409, "CONFLICT")
    assert "Try again" in refused.json()["detail"]
    await bob.client.post(f"{path}/transfer", json={"user_id": ann.profile["id"]})
    await bob.client.delete(f"{path}/members/{bob.profile['id']}")

    invite = (await ann.client.post(f"{path}/invites", json={"username": "bob"})).json()
    async with asyncio.TaskGroup() as group, database.transaction() as transaction:
        # What the deletion has to take away last, while it holds the account.
        await transaction.session.execute(text("SELECT 1 FROM devices WHERE user_id = :id FOR UPDATE"), whom)
        deletion = group.create_task(delete(bob))
        await until(lambda: waiting(1))
        joining = group.create_task(bob.client.post(f"/api/v1/invites/{invite['id']}/accept"))
        await until(lambda: waiting(2))
    assert ((await deletion).status_code, (await joining).status_code) == (204, 401)
    team = (await ann.client.get(path)).json()["items"]
    assert [member["username"] for member in team] == ["ann"]
