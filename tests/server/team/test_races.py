"""Two people at the same moment: one of both orders happened, and each was told the truth about it."""

from __future__ import annotations

import asyncio

import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.projects.repository import ProjectRepository
from hivesync_server.projects.tables import ProjectFavoriteRow
from hivesync_server.team.tables import ProjectMemberRow
from sqlalchemy import delete, func, select, text

from .conftest import SignUp, accept, invite, invited, items, join, roles, team_path

AT_ONCE = 6


async def test_accepting_many_times_at_once_joins_once(ann: BackendUser, bob: BackendUser) -> None:
    project = await ann.project()
    invite_id = await invited(ann, project, username="bob")
    answers = await asyncio.gather(*(accept(bob, invite_id) for _ in range(AT_ONCE)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert [news["type"] for news in await items(ann, "/api/v1/notifications")] == ["team_joined"]


async def test_inviting_many_times_at_once_is_one_invite(ann: BackendUser) -> None:
    project = await ann.project()
    answers = await asyncio.gather(*(invite(ann, project, username="cid") for _ in range(AT_ONCE)))
    assert len({answer.json()["id"] for answer in answers}) == 1


@pytest.mark.parametrize("attempt", range(3))
async def test_who_accepts_what_is_revoked_is_in_or_out(
    ann: BackendUser, bob: BackendUser, attempt: int
) -> None:
    project = await ann.project()
    invite_id = await invited(ann, project, username="bob")
    path = f"{team_path(project)}/invites/{invite_id}"
    calls = [accept(bob, invite_id), ann.client.delete(path)]
    answers = await asyncio.gather(*(calls if attempt % 2 else reversed(calls)))
    accepted, revoked = answers if attempt % 2 else reversed(answers)
    assert (accepted.status_code, revoked.status_code) in {(200, 409), (409, 204)}
    assert ("bob" in await roles(ann, project)) is (accepted.status_code == 200)


@pytest.mark.parametrize("attempt", range(3))
async def test_a_project_never_goes_to_one_who_leaves(
    ann: BackendUser, bob: BackendUser, attempt: int
) -> None:
    project = await ann.project()
    await join(ann, project, bob)
    calls = [
        ann.client.post(f"{team_path(project)}/transfer", json={"user_id": bob.profile["id"]}),
        bob.client.delete(f"{team_path(project)}/members/{bob.profile['id']}"),
    ]
    answers = await asyncio.gather(*(calls if attempt % 2 else reversed(calls)))
    given, left = answers if attempt % 2 else reversed(answers)
    assert (given.status_code, left.status_code) in {(200, 409), (422, 204)}
    team = await roles(ann, project)
    assert list(team.values()).count("owner") == 1
    assert team == ({"ann": "member", "bob": "owner"} if given.status_code == 200 else {"ann": "owner"})


async def test_a_project_goes_to_one_of_two(ann: BackendUser, bob: BackendUser, sign_up: SignUp) -> None:
    cid = await sign_up("cid")
    project = await ann.project()
    for user in (bob, cid):
        await join(ann, project, user)
    path = f"{team_path(project)}/transfer"
    bodies = [{"user_id": user.profile["id"]} for user in (bob, cid)]
    answers = await asyncio.gather(*(ann.client.post(path, json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [200, 403]
    assert sorted((await roles(ann, project)).values()) == ["member", "member", "owner"]


async def test_people_who_join_and_leave_two_teams_at_once_do_not_lock_each_other_out(
    ann: BackendUser, bob: BackendUser
) -> None:
    hers, his = await ann.project(), await bob.project()
    ways = ((ann, bob, hers), (bob, ann, his))
    for _ in range(3):
        ids = [await invited(owner, project, username=guest.username) for owner, guest, project in ways]
        answers = await asyncio.gather(
            *(accept(guest, invite_id) for (_, guest, _), invite_id in zip(ways, ids, strict=True))
        )
        assert {answer.status_code for answer in answers} == {200}
        answers = await asyncio.gather(
            *(
                guest.client.delete(f"{team_path(project)}/members/{guest.profile['id']}")
                for _, guest, project in ways
            )
        )
        assert {answer.status_code for answer in answers} == {204}


async def test_who_waits_for_a_project_while_being_removed_finds_it_gone(
    ann: BackendUser, bob: BackendUser, backend: RunningBackend
) -> None:
    project = await ann.project()
    await join(ann, project, bob)
    database = backend.resources.database
    async with database.transaction() as transaction:
        await ProjectRepository(transaction.session).locked(project)
        waiting = asyncio.create_task(bob.client.put(f"/api/v1/projects/{project}/favorite"))
        await _is_waiting(backend)
        of_bob = ProjectMemberRow.user_id == bob.profile["id"]
        await transaction.session.execute(delete(ProjectMemberRow).where(of_bob))
    assert (await waiting).status_code == 404
    async with database.transaction(writes=False) as transaction:
        count = select(func.count()).select_from(ProjectFavoriteRow)
        assert await transaction.session.scalar(count) == 0


async def _is_waiting(backend: RunningBackend) -> None:
    """Wait until somebody waits for a lock. On SQLite a writer waits from its very start: nothing to see."""
    if not backend.resources.database.is_postgres:
        return
    query = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(20):
        while True:
            async with backend.resources.database.transaction(writes=False) as transaction:
                if await transaction.session.scalar(query):
                    return
            await asyncio.sleep(0.01)
