"""The order of tasks: moves, also many at one place and many at once."""

from __future__ import annotations

import asyncio

import pytest
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.tasks import ordering
from hivesync_server.tasks.tables import TaskLabelRow, TaskRow
from sqlalchemy import func, select

from .conftest import Board


async def test_a_task_is_put_beside_another(board: Board) -> None:
    tasks = {title: await board.add(title) for title in "abc"}
    for title, place, beside, order in (
        ("c", "before", "a", "cab"),
        ("c", "after", "b", "abc"),
        ("a", "after", "b", "bac"),
        ("b", "before", "c", "abc"),
        ("a", "before", "b", "abc"),
    ):
        await board.patch(tasks[title], position={place: tasks[beside]["id"]})
        assert "".join(await board.titles()) == order
    await board.add("d", position={"after": tasks["a"]["id"]})
    assert await board.titles() == ["a", "d", "b", "c"]


@pytest.mark.parametrize("place", ["before", "after"])
async def test_one_place_takes_any_number(
    board: Board, backend: RunningBackend, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    # As when the room between two tasks was used up long ago.
    monkeypatch.setattr(ordering, "STEP", 2)
    monkeypatch.setattr(ordering, "ROOM", 2)
    monkeypatch.setattr(ordering, "_WINDOW", 3)
    label = (await board.label("bug"))["id"]
    first, last = [await board.add(title, label_ids=[label]) for title in ("first", "last")]
    others = [await board.add(f"other {number}") for number in range(6)]
    beside = {"after": first["id"]} if place == "after" else {"before": last["id"]}
    for number in range(12):
        await board.add(str(number), position=beside)
    middle = [str(number) for number in range(12)]
    middle = middle[::-1] if place == "after" else middle
    rest = [other["title"] for other in others]
    assert await board.titles() == ["first", *middle, "last", *rest]
    # A label's list follows, since the database keeps its ranks.
    await board.patch(first, position={"after": others[-1]["id"]})
    assert await board.titles(f"?label={label}") == ["last", "first"]
    async with backend.resources.database.transaction(writes=False) as transaction:
        ranks = select(TaskRow.rank, TaskLabelRow.rank).join(TaskLabelRow, TaskLabelRow.task_id == TaskRow.id)
        assert all(one == other for one, other in await transaction.session.execute(ranks))


async def test_moves_at_once_give_every_task_a_place_of_its_own(
    board: Board, backend: RunningBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "STEP", 4)
    monkeypatch.setattr(ordering, "ROOM", 2)
    first, *moved = [await board.add(str(number)) for number in range(9)]
    await asyncio.gather(*(board.patch(task, position={"after": first["id"]}) for task in moved))
    async with backend.resources.database.transaction(writes=False) as transaction:
        distinct = await transaction.session.scalar(select(func.count(func.distinct(TaskRow.rank))))
    assert distinct == 9
    titles = await board.titles()
    assert titles[0] == "0"
    assert sorted(titles) == [str(number) for number in range(9)]
