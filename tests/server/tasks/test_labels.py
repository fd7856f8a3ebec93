"""Labels: one name each in a project, whatever its case."""

from __future__ import annotations

import asyncio

import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_server.tasks.labels import service

from .conftest import Board


async def test_a_label_is_made_shown_changed_and_deleted(board: Board) -> None:
    label = await board.label("Bug", color="#FF0000")
    path = f"{board.labels}/{label['id']}"
    client = board.user.client
    assert (label["name"], label["color"]) == ("Bug", "#ff0000")
    assert (await client.get(path)).json() == label
    assert (await client.patch(path, json={"name": "BUG"})).json() == label | {"name": "BUG"}
    tag = (await client.get(path)).headers["etag"]
    assert (await client.patch(path, json={"color": "#00ff00"})).json()["color"] == "#00ff00"
    stale = await client.patch(path, json={"name": "x"}, headers={"If-Match": tag})
    assert stale.status_code == 412
    task = await board.add("Fix it", label_ids=[label["id"]])
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(path)).status_code == 404
    assert (await board.get(task))["label_ids"] == []


async def test_no_two_names_differ_by_case_alone(board: Board) -> None:
    await board.label("Straße")
    other = await board.label("other")
    client = board.user.client
    for answer in (
        await client.post(board.labels, json={"name": "STRASSE"}),
        await client.patch(f"{board.labels}/{other['id']}", json={"name": " straße "}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")
    await Board(board.user, await board.user.project("Other")).label("Straße")


async def test_of_many_at_once_one_is_made(board: Board) -> None:
    names = ("bug", "Bug", "bUg", "BUG")
    answers = await asyncio.gather(
        *(board.user.client.post(board.labels, json={"name": name}) for name in names)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


@pytest.mark.any_database
async def test_labels_are_listed_in_pages_and_their_number_is_bounded(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LABELS_MAX", 3)
    for number in range(3):
        await board.label(str(number))
    first = (await board.user.client.get(f"{board.labels}?limit=2")).json()
    second = (await board.user.client.get(f"{board.labels}?cursor={first['next_cursor']}")).json()
    assert [item["name"] for item in first["items"] + second["items"]] == ["2", "1", "0"]
    assert (await board.user.client.post(board.labels, json={"name": "4"})).status_code == 409


@pytest.mark.any_database
@pytest.mark.parametrize(
    "body",
    [{"name": ""}, {"name": "x" * 51}, {"name": "a\nb"}, {"name": "x", "color": "red"}, {"name": None}],
)
async def test_bad_input_is_refused(board: Board, body: dict[str, object]) -> None:
    label = await board.label("bug")
    for method, path in (("POST", board.labels), ("PATCH", f"{board.labels}/{label['id']}")):
        answer = await board.user.client.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")


@pytest.mark.any_database
async def test_a_stranger_finds_nothing(board: Board, bob: BackendUser) -> None:
    label = await board.label("bug")
    foreign = Board(bob, await bob.project())
    paths = [f"{root}/{label['id']}" for root in (board.labels, foreign.labels)]
    calls = [(method, path) for path in paths for method in ("GET", "PATCH", "DELETE")]
    for method, path in [("GET", board.labels), ("POST", board.labels), *calls]:
        answer = await bob.client.request(method, path, json={"name": "mine"})
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
