"""Tasks: made, shown, changed and deleted by members, and by nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import MovableClock

from .conftest import Board

NOBODY_ID = "01890000-0000-7000-8000-000000000000"


async def test_a_task_is_made_and_shown(board: Board) -> None:
    label = await board.label("bug")
    mine = board.user.profile["id"]
    sent = {
        "title": "Fix it",
        "description": "**now** <script>",
        "status": "blocked",
        "assignee_id": mine,
        "label_ids": [label["id"]],
        "due_at": "2026-12-01T12:00:00+02:00",
    }
    answer = await board.ask("POST", "", sent)
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{board.root}/{made['id']}"
    assert made == await board.get(made)
    assert {name: made[name] for name in sent} == sent | {"due_at": "2026-12-01T10:00:00Z"}
    assert (made["creator_id"], made["depends_on"], made["completed_at"]) == (mine, [], None)


async def test_a_merge_patch_changes_what_it_names_and_null_clears(shared: Board, bob: BackendUser) -> None:
    label = await shared.label("bug")
    full = {
        "description": "text",
        "assignee_id": bob.profile["id"],
        "label_ids": [label["id"]],
        "due_at": "2026-12-01T10:00:00Z",
    }
    task = await shared.add("Fix it", **full)
    renamed = await shared.patch(task, title="Mend it")
    assert renamed == task | {"title": "Mend it", "updated_at": renamed["updated_at"]}
    cleared = await shared.patch(task, description=None, assignee_id=None, label_ids=None, due_at=None)
    empty: dict[str, Any] = {"description": "", "assignee_id": None, "label_ids": [], "due_at": None}
    assert cleared == renamed | empty | {"updated_at": cleared["updated_at"]}
    for name in ("title", "status", "position"):
        answer = await shared.ask("PATCH", f"/{task['id']}", {name: None})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, name)


async def test_the_time_of_completion_is_kept_until_it_is_opened_again(
    board: Board, clock: MovableClock
) -> None:
    task = await board.patch(await board.add("Fix it"), status="done")
    done_at = task["completed_at"]
    assert done_at is not None
    clock.advance(seconds=60)
    assert (await board.patch(task, status="done", title="Fixed"))["completed_at"] == done_at
    assert (await board.patch(task, status="in_progress"))["completed_at"] is None


async def test_a_patch_that_changes_nothing_makes_nothing_outdated(board: Board, clock: MovableClock) -> None:
    task = await board.add("Fix it")
    clock.advance(seconds=60)
    assert await board.patch(task, title="Fix it", status="open") == task


async def test_an_outdated_change_is_refused(board: Board) -> None:
    task = await board.add("Fix it")
    path = f"/{task['id']}"
    tag = (await board.ask("GET", path)).headers["etag"]
    first = await board.ask("PATCH", path, {"title": "First"}, headers={"If-Match": tag})
    second = await board.ask("PATCH", path, {"title": "Second"}, headers={"If-Match": tag})
    assert (first.status_code, second.status_code) == (200, 412)
    assert second.json()["code"] == "PRECONDITION_FAILED"
    assert await board.titles() == ["First"]


async def test_who_leaves_has_no_tasks_there_any_more(shared: Board, bob: BackendUser) -> None:
    task = await shared.add("Fix it", assignee_id=bob.profile["id"])
    path = f"/api/v1/projects/{shared.project_id}/team/members/{bob.profile['id']}"
    assert (await bob.client.delete(path)).is_success
    assert (await shared.get(task))["assignee_id"] is None


async def test_a_deleted_task_is_gone(board: Board) -> None:
    task = await board.add("Fix it", label_ids=[(await board.label("bug"))["id"]])
    assert (await board.ask("DELETE", f"/{task['id']}")).status_code == 204
    for method in ("GET", "PATCH", "DELETE"):
        assert (await board.ask(method, f"/{task['id']}", {})).status_code == 404
    assert await board.titles() == []


async def test_a_repeated_request_makes_one_task(board: Board) -> None:
    headers = {"Idempotency-Key": "once"}
    answers = [await board.ask("POST", "", {"title": "Fix it"}, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert await board.titles() == ["Fix it"]


async def test_only_members_and_labels_of_the_project_can_be_named(board: Board, bob: BackendUser) -> None:
    foreign = await Board(board.user, await board.user.project("Other")).label("bug")
    task = await board.add("Fix it")
    for fields, name in (
        ({"assignee_id": bob.profile["id"]}, "assignee_id"),
        ({"assignee_id": NOBODY_ID}, "assignee_id"),
        ({"label_ids": [foreign["id"]]}, "label_ids"),
        ({"position": {"after": NOBODY_ID}}, "position.after"),
        ({"position": {"before": task["id"]}}, "position.before"),
    ):
        answer = await board.ask("PATCH", f"/{task['id']}", {"title": "Changed", **fields})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, name)
    assert await board.get(task) == task


@pytest.mark.parametrize(
    ("method", "below"),
    [
        ("GET", ""),
        ("POST", ""),
        ("POST", "/batch"),
        ("GET", "/{id}"),
        ("PATCH", "/{id}"),
        ("DELETE", "/{id}"),
        ("PUT", "/{id}/dependencies/{id}"),
        ("DELETE", "/{id}/dependencies/{id}"),
    ],
)
@pytest.mark.any_database
async def test_a_stranger_finds_nothing(board: Board, bob: BackendUser, method: str, below: str) -> None:
    task = await board.add("Fix it")
    bodies = {"POST": {"title": "Mine"}, "POST/batch": {"changes": [{"id": task["id"], "patch": {}}]}}
    body = bodies.get(method + below, bodies.get(method, {}))
    foreign = Board(bob, await bob.project())
    below = below.replace("{id}", task["id"])
    answer = await board.as_seen_by(bob).ask(method, below, body)
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    if "/" in below:
        # Nor by way of a project of one's own.
        assert (await foreign.ask(method, below, body)).status_code == 404
    assert await board.get(task) == task


@pytest.mark.any_database
@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"title": "two\nlines"},
        {"title": "x" * 201},
        {"title": "\0"},
        {"description": "x" * 10_001},
        {"description": "\0"},
        {"status": "finished"},
        {"assignee_id": "ann"},
        {"label_ids": [NOBODY_ID] * 21},
        {"due_at": "2026-12-01"},
        {"due_at": "2026-12-01T10:00:00"},
        {"due_at": 1_800_000_000},
        {"due_at": "1800000000"},
        {"due_at": "9999-12-31T23:59:59-12:00"},
        {"due_at": "0001-01-01T00:00:00+12:00"},
        {"position": {}},
        {"position": {"before": NOBODY_ID, "after": NOBODY_ID}},
        {"creator_id": NOBODY_ID},
        {"rank": 0},
    ],
    ids=lambda fields: str(fields)[:40],
)
async def test_bad_input_is_refused(board: Board, fields: dict[str, Any]) -> None:
    task = await board.add("Fix it")
    for method, below in (("POST", ""), ("PATCH", f"/{task['id']}")):
        answer = await board.ask(method, below, {"title": "Fix it", **fields})
        assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
    assert await board.titles() == ["Fix it"]
