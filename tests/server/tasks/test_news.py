"""What members are told: events for all of them, notifications for those whom it concerns."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.events.tables import EventRow
from hivesync_server.team.tables import ProjectMemberRow
from sqlalchemy import delete, select

from .conftest import Board, join


async def _events(backend: RunningBackend, user: BackendUser) -> list[tuple[str, Any]]:
    query = select(EventRow).where(EventRow.user_id == user.profile["id"]).order_by(EventRow.number)
    async with backend.resources.database.transaction(writes=False) as transaction:
        rows = (await transaction.session.scalars(query)).all()
    return [(row.type, json.loads(row.data)) for row in rows if row.type != "notification.created"]


async def _told(user: BackendUser) -> list[tuple[str, str]]:
    items = (await user.client.get("/api/v1/notifications")).json()["items"]
    return [(item["type"], item["text"]) for item in reversed(items)]


async def test_all_members_follow_every_change_and_strangers_none(
    shared: Board, bob: BackendUser, backend: RunningBackend, sign_up: Any
) -> None:
    cid = await sign_up("cid")
    first = await shared.add("first")
    second = await shared.add("second")
    moved = await shared.patch(second, position={"before": first["id"]})
    label = await shared.label("bug")
    await shared.ask("DELETE", f"/{first['id']}")
    expected = [
        ("task.changed", {"task": first, "after": None}),
        ("task.changed", {"task": second, "after": first["id"]}),
        ("task.changed", {"task": moved, "after": None}),
        ("labels.changed", {"project_id": shared.project_id}),
        ("task.deleted", {"project_id": shared.project_id, "task_id": first["id"]}),
    ]
    assert label
    for member in (shared.user, bob):
        assert await _events(backend, member) == expected
    assert await _events(backend, cid) == []


async def test_a_refused_or_empty_change_tells_nobody(shared: Board, backend: RunningBackend) -> None:
    task = await shared.add("first")
    before = await _events(backend, shared.user)
    await shared.patch(task, title="first")
    await shared.ask("PATCH", f"/{task['id']}", {"title": "x"}, headers={"If-Match": '"old"'})
    assert await _events(backend, shared.user) == before


async def test_who_is_given_a_task_is_told_once(shared: Board, bob: BackendUser) -> None:
    his = bob.profile["id"]
    assigned = ("task_assigned", "ann assigned you the task “Fix it”")
    task = await shared.add("Fix it", assignee_id=his)
    assert await _told(bob) == [assigned]
    await shared.patch(task, assignee_id=his, description="more")
    assert await _told(bob) == [assigned]
    await shared.patch(task, assignee_id=None)
    await shared.patch(task, assignee_id=his)
    assert await _told(bob) == [assigned, assigned]
    assert await _told(shared.user) == []


async def test_creator_and_assignee_are_told_of_the_end(shared: Board, bob: BackendUser) -> None:
    task = await shared.add("Fix\u202eit", assignee_id=shared.user.profile["id"])
    his = shared.as_seen_by(bob)
    done = ("task_completed", "bob completed the task “Fix it”")
    await his.patch(task, status="done")
    await his.patch(task, status="done", title="x")
    assert await _told(shared.user) == [done]
    assert await _told(bob) == []


async def test_who_left_is_told_nothing(shared: Board, bob: BackendUser, backend: RunningBackend) -> None:
    task = await shared.as_seen_by(bob).add("Fix it")
    async with backend.resources.database.transaction() as transaction:
        mine = ProjectMemberRow.user_id == bob.profile["id"], ProjectMemberRow.project_id == shared.project_id
        await transaction.session.execute(delete(ProjectMemberRow).where(*mine))
    before = await _events(backend, bob)
    await shared.patch(task, status="done")
    assert await _told(bob) == []
    assert await _events(backend, bob) == before


async def test_a_batch_tells_of_each_task(shared: Board, bob: BackendUser, backend: RunningBackend) -> None:
    tasks = [await shared.add(title) for title in "ab"]
    before = len(await _events(backend, bob))
    changes = [{"id": task["id"], "patch": {"assignee_id": bob.profile["id"]}} for task in tasks]
    await shared.ask("POST", "/batch", {"changes": changes})
    assert len(await _events(backend, bob)) == before + 2
    told = [text for _, text in await _told(bob)]
    assert told == [f"ann assigned you the task “{title}”" for title in "ab"]


async def test_projects_with_the_same_members_do_not_block_each_other(
    shared: Board, bob: BackendUser, backend: RunningBackend
) -> None:
    rounds = 4
    other = Board(bob, await bob.project("Other"))
    await join(backend, shared.user, other.project_id)
    mine, his = shared.user.profile["id"], bob.profile["id"]
    made = await asyncio.gather(
        *(shared.add(str(number), assignee_id=his) for number in range(rounds)),
        *(other.add(str(number), assignee_id=mine) for number in range(rounds)),
    )
    assert len(made) == 2 * rounds
    assert (len(await _told(bob)), len(await _told(shared.user))) == (rounds, rounds)


async def test_the_activity_log_tells_what_was_done(shared: Board, bob: BackendUser) -> None:
    first, second = await shared.add("first"), await shared.add("second", assignee_id=bob.profile["id"])
    await shared.patch(first, title="1", status="done")
    await shared.patch(first, status="open", assignee_id=bob.profile["id"])
    await shared.patch(first, position={"after": second["id"]})
    for method in ("PUT", "DELETE"):
        await shared.ask(method, f"/{first['id']}/dependencies/{second['id']}")
    await shared.patch(first, title="1")
    await shared.ask("DELETE", f"/{first['id']}")
    items = (await bob.client.get(f"/api/v1/projects/{shared.project_id}/activity")).json()["items"]
    mine = [item for item in reversed(items) if item["subject_id"] == first["id"]]
    assert [item["verb"] for item in mine] == [
        "created",
        "completed",
        "changed",
        "reopened",
        "assigned",
        "moved",
        "linked",
        "unlinked",
        "deleted",
    ]
    assert mine[2]["data"] == {"title": "1", "fields": "title"}
    assert [item["verb"] for item in reversed(items) if item["subject_id"] == second["id"]] == [
        "created",
        "assigned",
    ]
