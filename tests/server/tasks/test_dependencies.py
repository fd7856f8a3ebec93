"""Dependencies: a task waits for others, never for itself by any way around."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from hivesync_server.tasks import service

from .conftest import Board

Ids = dict[str, str]


async def _tasks(board: Board, titles: str) -> Ids:
    return {title: (await board.add(title))["id"] for title in titles}


async def _depend(board: Board, ids: Ids, link: str, method: str = "PUT") -> httpx.Response:
    return await board.ask(method, f"/{ids[link[0]]}/dependencies/{ids[link[1]]}")


async def test_a_dependency_is_added_and_removed_once(board: Board) -> None:
    ids = await _tasks(board, "ab")
    for _ in range(2):
        assert (await _depend(board, ids, "ab")).json()["depends_on"] == [ids["b"]]
    for _ in range(2):
        assert (await _depend(board, ids, "ab", "DELETE")).json()["depends_on"] == []


@pytest.mark.parametrize("links", ["aa", "ab ba", "ab bc ca", "ab ac bd cd da"])
async def test_no_task_waits_for_itself(board: Board, links: str) -> None:
    ids = await _tasks(board, "abcd")
    *allowed, refused = links.split()
    for link in allowed:
        assert (await _depend(board, ids, link)).status_code == 200
    answer = await _depend(board, ids, refused)
    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")
    assert ("for itself" in answer.json()["detail"]) == (links == "aa")


async def test_two_at_once_make_no_circle(board: Board) -> None:
    ids = await _tasks(board, "abcd")
    for pair in ("ab", "cd"):
        answers = await asyncio.gather(_depend(board, ids, pair), _depend(board, ids, pair[::-1]))
        assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_deleted_task_is_waited_for_no_more(board: Board) -> None:
    ids = await _tasks(board, "ab")
    await _depend(board, ids, "ab")
    await board.ask("DELETE", f"/{ids['b']}")
    assert (await board.get({"id": ids["a"]}))["depends_on"] == []


async def test_tasks_of_another_project_are_not_there(board: Board) -> None:
    other = Board(board.user, await board.user.project("Other"))
    ids = await _tasks(board, "a") | await _tasks(other, "b")
    for method in ("PUT", "DELETE"):
        assert (await _depend(other, ids, "ab", method)).status_code == 404
    assert (await _depend(board, ids, "ab")).status_code == 404


@pytest.mark.any_database
async def test_a_task_waits_for_so_many_and_no_more(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "DEPENDENCIES_MAX", 1)
    ids = await _tasks(board, "abc")
    assert (await _depend(board, ids, "ab")).status_code == 200
    assert (await _depend(board, ids, "ac")).status_code == 409
    assert (await _depend(board, ids, "ab")).status_code == 200
