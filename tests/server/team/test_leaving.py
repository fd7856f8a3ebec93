"""Leaving, removing and transferring: a project always has its one owner, and who left has nothing of it."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.events.tables import EventRow
from hivesync_server.projects.tables import ProjectFavoriteRow
from sqlalchemy import func, select

from .conftest import SignUp, items, join, roles, team_path

PROJECTS = "/api/v1/projects"


def _member(project: str, user: BackendUser) -> str:
    return f"{team_path(project)}/members/{user.profile['id']}"


async def _told(backend: RunningBackend, users: Iterable[BackendUser], project: str) -> list[int]:
    """Count what each of these users was told about the team of a project."""
    counts = []
    async with backend.resources.database.transaction(writes=False) as transaction:
        for user in users:
            query = select(EventRow.data).where(
                EventRow.user_id == user.profile["id"], EventRow.type == "team.changed"
            )
            data = [json.loads(text) for text in await transaction.session.scalars(query)]
            assert all(entry == {"project_id": project} for entry in data)
            counts.append(len(data))
    return counts


@pytest.mark.parametrize("by_owner", [True, False])
async def test_who_leaves_or_is_removed_has_nothing_of_it_any_more(
    ann: BackendUser, bob: BackendUser, backend: RunningBackend, by_owner: bool
) -> None:
    project = await ann.project()
    await join(ann, project, bob)
    await bob.client.put(f"{PROJECTS}/{project}/favorite")
    actor = ann if by_owner else bob
    assert (await actor.client.delete(_member(project, bob))).status_code == 204
    assert await roles(ann, project) == {"ann": "owner"}
    assert (await bob.client.get(f"{PROJECTS}/{project}")).status_code == 404
    assert await items(bob, PROJECTS) == []
    async with backend.resources.database.transaction(writes=False) as transaction:
        count = select(func.count()).select_from(ProjectFavoriteRow)
        assert await transaction.session.scalar(count) == 0
    entry = (await items(ann, f"{PROJECTS}/{project}/activity"))[0]
    assert entry["verb"] == ("removed" if by_owner else "left")
    assert (entry["subject_id"], entry["data"]) == (bob.profile["id"], {"username": "bob"})
    assert (await ann.client.delete(_member(project, bob))).status_code == 404


async def test_members_hear_of_it_and_the_one_who_left_for_the_last_time(
    ann: BackendUser, bob: BackendUser, sign_up: SignUp, backend: RunningBackend
) -> None:
    cid = await sign_up("cid")
    project = await ann.project()
    await join(ann, project, bob)
    await join(ann, project, cid)
    assert await _told(backend, (ann, bob, cid), project) == [2, 2, 1]
    await ann.client.delete(_member(project, bob))
    assert await _told(backend, (ann, bob, cid), project) == [3, 3, 2]
    await ann.client.post(f"{team_path(project)}/transfer", json={"user_id": cid.profile["id"]})
    assert await _told(backend, (ann, bob, cid), project) == [4, 3, 3]


async def test_the_owner_stays_until_another_owns_it(ann: BackendUser, bob: BackendUser) -> None:
    project = await ann.project()
    await join(ann, project, bob)
    answer = await ann.client.delete(_member(project, ann))
    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")
    assert "Transfer" in answer.json()["detail"]
    answer = await ann.client.post(f"{team_path(project)}/transfer", json={"user_id": bob.profile["id"]})
    assert (answer.status_code, answer.json()["owner_id"]) == (200, bob.profile["id"])
    assert await roles(ann, project) == {"ann": "member", "bob": "owner"}
    assert (await ann.client.delete(f"{PROJECTS}/{project}")).status_code == 403
    assert (await ann.client.delete(_member(project, ann))).status_code == 204
    assert await roles(bob, project) == {"bob": "owner"}


async def test_members_remove_nobody_and_transfer_nothing(
    ann: BackendUser, bob: BackendUser, sign_up: SignUp
) -> None:
    cid = await sign_up("cid")
    project = await ann.project()
    await join(ann, project, bob)
    for user, status in ((bob, 403), (cid, 404)):
        body = {"user_id": user.profile["id"]}
        assert (await user.client.post(f"{team_path(project)}/transfer", json=body)).status_code == status
        assert (await user.client.delete(_member(project, ann))).status_code == status
    assert (await cid.client.get(team_path(project))).status_code == 404
    assert await roles(ann, project) == {"ann": "owner", "bob": "member"}


async def test_it_is_only_given_to_members(ann: BackendUser, bob: BackendUser) -> None:
    path = f"{team_path(await ann.project())}/transfer"
    answer = await ann.client.post(path, json={"user_id": bob.profile["id"]})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "user_id")
    same = await ann.client.post(path, json={"user_id": ann.profile["id"]})
    assert (same.status_code, same.json()["owner_id"]) == (200, ann.profile["id"])


@pytest.mark.any_database
@pytest.mark.parametrize("body", [{}, {"user_id": "x"}, {"user_id": None}, {"user_id": 1}])
async def test_a_senseless_transfer_is_refused(ann: BackendUser, body: object) -> None:
    answer = await ann.client.post(f"{team_path(await ann.project())}/transfer", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")


async def test_a_team_is_walked_by_cursor(ann: BackendUser, bob: BackendUser, sign_up: SignUp) -> None:
    project = await ann.project()
    for user in (bob, await sign_up("cid")):
        await join(ann, project, user)
    first = (await ann.client.get(team_path(project), params={"limit": 2})).json()
    rest = await items(ann, team_path(project), limit=2, cursor=first["next_cursor"])
    assert [member["username"] for member in first["items"] + rest] == ["cid", "bob", "ann"]
