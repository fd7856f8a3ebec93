"""Activity: noted with what is done, listed newest first, for members only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hivesync_contract.activity import ActivityKind, Verb
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.activity.service import VALUE_CHARACTERS, activity_on
from hivesync_server.auth.tables import UserRow
from sqlalchemy import delete

TASKS = [str(UUID(int=number)) for number in range(3)]


def _path(project: str) -> str:
    return f"/api/v1/projects/{project}/activity"


async def _page(user: BackendUser, project: str, **query: str | int) -> dict[str, Any]:
    answer = await user.client.get(_path(project), params=query)
    answer.raise_for_status()
    page: dict[str, Any] = answer.json()
    return page


async def _note(
    backend: RunningBackend, project: str, actor: str | None, task: str, data: dict[str, str | None]
) -> None:
    async with backend.resources.database.transaction() as transaction:
        activity_on(backend.resources, transaction).note(
            project, actor, Verb.CHANGED, ActivityKind.TASK, task, data
        )


async def test_what_is_done_to_a_project_is_noted(ann: BackendUser) -> None:
    project = await ann.project("Shop")
    await ann.client.patch(f"/api/v1/projects/{project}", json={"name": "Store", "description": None})
    changed, created = (await _page(ann, project))["items"]
    assert (created["verb"], created["data"]) == ("created", {"name": "Shop"})
    assert (changed["verb"], changed["data"]) == ("changed", {"name": "Store", "description": None})
    assert (changed["subject_kind"], changed["subject_id"]) == ("project", project)
    assert (changed["actor_id"], changed["actor_username"]) == (ann.profile["id"], "ann")


async def test_a_change_that_is_refused_is_not_noted(ann: BackendUser) -> None:
    project = await ann.project()
    answer = await ann.client.patch(f"/api/v1/projects/{project}", json={"name": None})
    assert answer.status_code == 422
    assert [entry["verb"] for entry in (await _page(ann, project))["items"]] == ["created"]


async def test_it_is_walked_by_cursor_and_chosen_by_subject(
    ann: BackendUser, backend: RunningBackend
) -> None:
    project = await ann.project()
    for number in range(4):
        await _note(backend, project, ann.profile["id"], TASKS[number % 2], {"title": str(number)})
    await _note(backend, await ann.project(), ann.profile["id"], TASKS[0], {"title": "elsewhere"})
    first = await _page(ann, project, limit=3)
    assert [entry["data"].get("title") for entry in first["items"]] == ["3", "2", "1"]
    second = await _page(ann, project, limit=3, cursor=first["next_cursor"])
    assert [entry["verb"] for entry in second["items"]] == ["changed", "created"]
    assert second["next_cursor"] is None
    one = await _page(ann, project, subject_id=TASKS[0].upper())
    assert [entry["data"]["title"] for entry in one["items"]] == ["2", "0"]


async def test_an_entry_outlives_its_actor_without_the_name(
    ann: BackendUser, bob: BackendUser, backend: RunningBackend
) -> None:
    project = await ann.project()
    await _note(backend, project, bob.profile["id"], TASKS[0], {})
    await _note(backend, project, None, TASKS[0], {})
    async with backend.resources.database.transaction() as transaction:
        await transaction.session.execute(delete(UserRow).where(UserRow.id == bob.profile["id"]))
    nobody, gone, _ = (await _page(ann, project))["items"]
    assert (gone["actor_id"], gone["actor_username"]) == (bob.profile["id"], None)
    assert (nobody["actor_id"], nobody["actor_username"]) == (None, None)


@pytest.mark.any_database
async def test_long_values_are_cut(ann: BackendUser, backend: RunningBackend) -> None:
    project = await ann.project()
    await _note(backend, project, None, TASKS[0], {"text": "x" * (VALUE_CHARACTERS + 1), "due": None})
    assert (await _page(ann, project))["items"][0]["data"] == {"text": "x" * VALUE_CHARACTERS, "due": None}


async def test_it_goes_with_the_project_and_strangers_never_see_it(
    ann: BackendUser, bob: BackendUser
) -> None:
    project = await ann.project()
    assert (await bob.client.get(_path(project))).status_code == 404
    assert (await ann.client.delete(f"/api/v1/projects/{project}")).status_code == 204
    assert (await ann.client.get(_path(project))).status_code == 404


@pytest.mark.any_database
async def test_a_senseless_subject_is_refused(ann: BackendUser) -> None:
    answer = await ann.client.get(_path(await ann.project()), params={"subject_id": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "subject_id")
