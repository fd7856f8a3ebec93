"""Batches: all changes are made, or none, with one answer for each."""

from __future__ import annotations

from typing import Any

import pytest
from hivesync_dev.servers.backend_user import BackendUser

from .conftest import Board

NOBODY_ID = "01890000-0000-7000-8000-000000000000"


def _changes(*changes: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    return {"changes": [{"id": task["id"], "patch": patch} for task, patch in changes]}


async def test_all_are_made_in_their_order(board: Board) -> None:
    one, two = await board.add("one", due_at="2026-12-01T00:00:00Z"), await board.add("two")
    body = _changes((two, {"title": "2", "position": {"before": one["id"]}}), (one, {"due_at": None}))
    answer = await board.ask("POST", "/batch", body)
    items = answer.json()["items"]
    assert answer.status_code == 200
    assert [(item["title"], item["due_at"]) for item in items] == [("2", None), ("one", None)]
    assert [await board.get(two), await board.get(one)] == items
    assert await board.titles() == ["2", "one"]


@pytest.mark.parametrize(
    ("patch", "status", "field"),
    [
        ({"title": None}, 422, "changes.1.patch.title"),
        ({"assignee_id": NOBODY_ID}, 422, "changes.1.patch.assignee_id"),
        ({"label_ids": [NOBODY_ID]}, 422, "changes.1.patch.label_ids"),
        ({"title": ""}, 422, "changes.1.patch.title"),
        ({"rank": 1}, 422, "changes.1.patch.rank"),
    ],
)
async def test_one_refused_change_undoes_all(
    board: Board, patch: dict[str, Any], status: int, field: str
) -> None:
    one, two = await board.add("one"), await board.add("two")
    answer = await board.ask("POST", "/batch", _changes((one, {"title": "1"}), (two, patch)))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)
    assert await board.titles() == ["one", "two"]


async def test_a_missing_or_outdated_task_undoes_all(board: Board) -> None:
    one, two = await board.add("one"), await board.add("two")
    body = _changes((one, {"title": "1"}), ({"id": NOBODY_ID}, {"title": "?"}))
    answer = await board.ask("POST", "/batch", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (404, "changes.1")
    body = _changes((one, {"title": "1"}), (two, {"title": "2"}))
    tag = (await board.ask("GET", f"/{two['id']}")).headers["etag"]
    body["changes"][1]["if_match"] = tag
    await board.patch(two, description="meanwhile")
    assert (await board.ask("POST", "/batch", body)).status_code == 412
    assert await board.titles() == ["one", "two"]


async def test_a_foreign_task_undoes_all(board: Board, bob: BackendUser) -> None:
    foreign = await Board(bob, await bob.project()).add("his")
    mine = await board.add("mine")
    answer = await board.ask("POST", "/batch", _changes((mine, {"title": "x"}), (foreign, {"title": "x"})))
    assert answer.status_code == 404
    assert await board.titles() == ["mine"]


@pytest.mark.any_database
async def test_the_size_of_a_batch_is_bounded(board: Board) -> None:
    task = await board.add("one")
    many = {"changes": [{"id": NOBODY_ID[:-3] + f"{number:03}", "patch": {}} for number in range(101)]}
    none: dict[str, Any] = {"changes": []}
    for body in (many, none, _changes((task, {}), (task, {}))):
        answer = await board.ask("POST", "/batch", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")


@pytest.mark.any_database
async def test_a_hundred_long_changes_fit(board: Board) -> None:
    tasks = [await board.add(str(number)) for number in range(3)]
    long = "ü" * 10_000
    missing = [{"id": NOBODY_ID[:-3] + f"{number:03}"} for number in range(97)]
    body = _changes(*((task, {"description": long}) for task in [*tasks, *missing]))
    # Read as a whole: it is the missing task that is refused, not the size.
    assert (await board.ask("POST", "/batch", body)).status_code == 404
