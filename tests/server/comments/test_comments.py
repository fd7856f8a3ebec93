"""Comments: written, listed by thread, edited, emptied and starred, each by those who may."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hivesync_contract.comments import COMMENT_CHARACTERS
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_server.auth.tables import UserRow
from hivesync_server.comments import endpoints
from sqlalchemy import delete

from .conftest import ON_PROJECT, Place, SignUp, on_line

JSON = {"Content-Type": "application/json"}
NO_TASK = "01890000-0000-7000-8000-000000000000"
COMMIT, SHA256 = "a" * 40, "b" * 64

BAD: list[dict[str, Any]] = [
    {"target": ON_PROJECT, "body": ""},
    {"target": ON_PROJECT, "body": " \n\t "},
    {"target": ON_PROJECT, "body": "x" * (COMMENT_CHARACTERS + 1)},
    {"target": ON_PROJECT, "body": "a\0b"},
    {"target": ON_PROJECT, "body": "\x1b[31m"},
    {"target": ON_PROJECT, "body": None},
    {"target": ON_PROJECT, "body": "x", "author_id": "01890000-0000-7000-8000-000000000000"},
    {"target": {"kind": "planet"}, "body": "x"},
    {"target": {"kind": "project", "line": 1}, "body": "x"},
    {"target": {"kind": "project", "task_id": NO_TASK}, "body": "x"},
    {"target": {"kind": "task"}, "body": "x"},
    {"target": {"kind": "task", "task_id": NO_TASK}, "body": "x"},
    {"target": {"kind": "task", "task_id": "1"}, "body": "x"},
    {"target": {"kind": "task", "task_id": NO_TASK, "path": "a.ts", "line": 1}, "body": "x"},
    {"target": {**on_line(), "task_id": NO_TASK}, "body": "x"},
    {"target": {"kind": "file", "path": "a.ts"}, "body": "x"},
    {"target": {"kind": "file", "line": 1}, "body": "x"},
    {"target": on_line("../a.ts"), "body": "x"},
    {"target": on_line("/etc/passwd"), "body": "x"},
    {"target": on_line(line=0), "body": "x"},
    {"target": on_line(line=2**31), "body": "x"},
    {"target": {**on_line(), "line": "3"}, "body": "x"},
    {"target": on_line(commit="HEAD"), "body": "x"},
    {"target": on_line(sha256="B" * 64), "body": "x"},
    {"target": ON_PROJECT, "body": "\ud800"},
]


def _code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_comment_is_kept_as_it_was_typed(ann: BackendUser, bob: BackendUser, place: Place) -> None:
    typed = "  **bold** <script>alert(1)</script>\n\n\ttab \U0001f600 \u202e"
    target = on_line(commit=COMMIT, sha256=SHA256)
    answer = await ann.client.post(place.path, json={"target": target, "body": typed})
    assert answer.status_code == 201
    shown = (await bob.client.get(answer.headers["Location"])).json()
    assert shown == answer.json()
    assert (shown["body"], shown["target"]) == (typed, {**target, "task_id": None})
    assert (shown["author_id"], shown["author_username"]) == (ann.profile["id"], "ann")
    assert shown["stars"] == {"count": 0, "mine": False}
    assert (shown["edited_at"], shown["deleted_at"], shown["body_html"]) == (None, None, None)


async def test_comments_are_listed_by_thread_newest_first(ann: BackendUser, place: Place) -> None:
    for body, target in (
        ("project 1", ON_PROJECT),
        ("app 3", on_line(line=3)),
        ("app 4", on_line(line=4)),
        ("main 3", on_line("main.ts", 3)),
        ("project 2", ON_PROJECT),
    ):
        await place.say(ann, body, target)
    for query, bodies in {
        "": ["project 2", "main 3", "app 4", "app 3", "project 1"],
        "?kind=project": ["project 2", "project 1"],
        "?kind=file": ["main 3", "app 4", "app 3"],
        "?path=src/App.tsx": ["app 4", "app 3"],
        "?path=src/App.tsx&line=3": ["app 3"],
        "?kind=project&path=main.ts": [],
    }.items():
        assert await place.bodies(ann, query) == bodies, query


@pytest.mark.parametrize("query", ["", "kind=project&", "render=html&"])
async def test_lists_have_pages(
    ann: BackendUser, place: Place, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "RENDERED_MAX", 2)
    said = [(await place.say(ann, str(number)))["body"] for number in range(5)]
    found, cursor = [], ""
    for expected in (2, 2, 1):
        page = (await ann.client.get(f"{place.path}?{query}limit=2{cursor}")).json()
        assert len(page["items"]) == expected
        found += [item["body"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None
    assert found == said[::-1]


@pytest.mark.any_database
async def test_a_page_with_html_is_no_longer_than_it_may_be(
    ann: BackendUser, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "RENDERED_MAX", 1)
    for body in ("one", "*two*"):
        await place.say(ann, body)
    page = (await ann.client.get(f"{place.path}?render=html")).json()
    assert [item["body_html"] for item in page["items"]] == ["<p><em>two</em></p>\n"]
    assert page["next_cursor"]


@pytest.mark.any_database
async def test_only_its_author_edits_a_comment(ann: BackendUser, bob: BackendUser, place: Place) -> None:
    comment = await place.say(bob, "frist")
    path = f"{place.path}/{comment['id']}"
    assert _code(await ann.client.patch(path, json={"body": "no"})) == (403, "FORBIDDEN")
    answer = await bob.client.patch(path, json={"body": "first"})
    assert (answer.status_code, answer.json()["body"]) == (200, "first")
    assert answer.json()["edited_at"] > comment["created_at"]


@pytest.mark.any_database
async def test_an_edit_without_change_leaves_no_mark(bob: BackendUser, place: Place) -> None:
    comment = await place.say(bob, "same")
    answer = await bob.client.patch(f"{place.path}/{comment['id']}", json={"body": "same"})
    assert answer.json()["edited_at"] is None
    assert await place.events(bob) == [("comment.added", comment["id"])]


@pytest.mark.any_database
async def test_a_stale_edit_is_refused(bob: BackendUser, place: Place) -> None:
    path = f"{place.path}/{(await place.say(bob))['id']}"
    match = {"If-Match": (await bob.client.get(path)).headers["ETag"]}
    assert (await bob.client.patch(path, json={"body": "one"}, headers=match)).status_code == 200
    answer = await bob.client.patch(path, json={"body": "two"}, headers=match)
    assert _code(answer) == (412, "PRECONDITION_FAILED")
    assert await place.bodies(bob) == ["one"]


async def test_a_deleted_comment_leaves_an_empty_one(
    ann: BackendUser, bob: BackendUser, place: Place
) -> None:
    comment = await place.say(bob, "a secret", on_line())
    path = f"{place.path}/{comment['id']}"
    await ann.client.put(f"{path}/star")
    for _ in range(2):
        assert (await bob.client.delete(path)).status_code == 204
    (left,) = (await ann.client.get(f"{place.path}?path=src/App.tsx&render=html")).json()["items"]
    assert left["deleted_at"]
    assert (left["id"], left["body"], left["body_html"]) == (comment["id"], "", "")
    assert left["stars"] == {"count": 0, "mine": False}
    for request in (
        ann.client.put(f"{path}/star"),
        ann.client.delete(f"{path}/star"),
        bob.client.patch(path, json={"body": "back"}),
    ):
        assert _code(await request) == (409, "CONFLICT")
    assert await place.events(ann) == [
        ("comment.added", comment["id"]),
        ("comment.changed", comment["id"]),
        ("comment.deleted", comment["id"]),
    ]


async def test_activity_tells_what_was_done_but_not_what_was_said(bob: BackendUser, place: Place) -> None:
    comment = await place.say(bob, "a secret", on_line())
    await bob.client.delete(f"{place.path}/{comment['id']}")
    entries = (await bob.client.get(f"/api/v1/projects/{place.id}/activity")).json()["items"]
    about = [entry for entry in entries if entry["subject_id"] == comment["id"]]
    assert [(entry["verb"], entry["actor_username"]) for entry in about] == [
        ("deleted", "bob"),
        ("created", "bob"),
    ]
    assert {tuple(entry["data"].items()) for entry in about} == {(("path", "src/App.tsx"), ("line", "3"))}


@pytest.mark.any_database
async def test_who_may_delete(ann: BackendUser, bob: BackendUser, sign_up: SignUp, place: Place) -> None:
    cid = await sign_up("cid")
    await place.join(cid)
    path = f"{place.path}/{(await place.say(bob))['id']}"
    assert _code(await cid.client.delete(path)) == (403, "FORBIDDEN")
    assert await place.bodies(bob) == ["Hello"]
    assert (await ann.client.delete(path)).status_code == 204


async def test_stars_are_counted_once_for_each_member(
    ann: BackendUser, bob: BackendUser, place: Place
) -> None:
    comment = await place.say(ann)
    path = f"{place.path}/{comment['id']}"
    for user, method, count, mine in (
        (ann, "PUT", 1, True),
        (ann, "PUT", 1, True),
        (bob, "PUT", 2, True),
        (ann, "DELETE", 1, False),
        (ann, "DELETE", 1, False),
    ):
        answer = await user.client.request(method, f"{path}/star")
        assert answer.json() == {"count": count, "mine": mine}
        assert (await user.client.get(path)).json()["stars"] == answer.json()
    (listed,) = (await ann.client.get(place.path)).json()["items"]
    assert listed["stars"] == {"count": 1, "mine": False}
    changes = [kind for kind, _ in await place.events(bob)]
    assert changes == ["comment.added"] + ["comment.changed"] * 3


async def test_many_at_once_neither_wait_for_each_other_nor_lose_anything(
    ann: BackendUser, bob: BackendUser, place: Place
) -> None:
    comment = await place.say(ann)
    star = f"{place.path}/{comment['id']}/star"
    answers = await asyncio.gather(
        *(
            place.say(user, f"@{other} hello")
            for user, other in ((ann, "bob"), (bob, "ann"))
            for _ in range(4)
        ),
        *(user.client.put(star) for user in (ann, bob) for _ in range(2)),
    )
    assert [answer.status_code for answer in answers[8:] if not isinstance(answer, dict)] == [200] * 4
    assert len(await place.bodies(ann)) == 9
    assert (await ann.client.get(star.removesuffix("/star"))).json()["stars"]["count"] == 2
    added = [kind for kind, _ in await place.events(ann) if kind == "comment.added"]
    assert len(added) == 9


async def test_strangers_learn_nothing(
    ann: BackendUser, bob: BackendUser, sign_up: SignUp, place: Place
) -> None:
    eve = await sign_up("eve")
    own = Place(place.backend, await eve.project("own"))
    comment = await place.say(ann, "@bob hello")
    new = {"target": ON_PROJECT, "body": "x"}
    # The comment neither by its own project nor by one that the stranger is a member of.
    for project, status in ((place, 404), (own, 404)):
        path = f"{project.path}/{comment['id']}"
        for method, body in (("GET", None), ("PATCH", {"body": "x"}), ("DELETE", None)):
            assert (await eve.client.request(method, path, json=body)).status_code == status, method
        for method in ("PUT", "DELETE"):
            assert (await eve.client.request(method, f"{path}/star")).status_code == status
    assert (await eve.client.get(place.path)).status_code == 404
    assert (await eve.client.post(place.path, json=new)).status_code == 404
    assert await place.events(eve) == []
    assert await place.bodies(ann) == ["@bob hello"]


async def test_a_comment_stays_when_its_author_s_account_goes(
    ann: BackendUser, bob: BackendUser, place: Place
) -> None:
    await place.say(bob, "still here")
    async with place.backend.resources.database.transaction() as transaction:
        await transaction.session.execute(delete(UserRow).where(UserRow.id == bob.profile["id"]))
    (left,) = (await ann.client.get(place.path)).json()["items"]
    assert (left["body"], left["author_id"], left["author_username"]) == ("still here", None, None)


async def test_comments_go_with_their_project(ann: BackendUser, place: Place) -> None:
    await place.say(ann, "@bob see")
    assert (await ann.client.delete(f"/api/v1/projects/{place.id}")).status_code == 204
    assert (await ann.client.get(place.path)).status_code == 404


@pytest.mark.any_database
async def test_the_longest_comment_is_taken(ann: BackendUser, place: Place) -> None:
    longest = "\U0001f600" * COMMENT_CHARACTERS
    assert (await place.say(ann, longest))["body"] == longest


@pytest.mark.any_database
async def test_bad_input_is_refused(ann: BackendUser, place: Place) -> None:
    for body in BAD:
        # Not httpx's own JSON, which can't write half a character.
        answer = await ann.client.post(place.path, content=json.dumps(body), headers=JSON)
        assert _code(answer) == (422, "VALIDATION_ERROR"), body


@pytest.mark.any_database
async def test_bad_edits_and_queries_are_refused(ann: BackendUser, place: Place) -> None:
    path = f"{place.path}/{(await place.say(ann))['id']}"
    for body in ({}, {"body": None}, {"body": ""}, {"body": "x", "deleted_at": None}):
        assert _code(await ann.client.patch(path, json=body)) == (422, "VALIDATION_ERROR"), body
    for query in (
        "line=1",
        "kind=x",
        "path=../x",
        "path=a&line=0",
        f"path=a&task_id={NO_TASK}",
        "task_id=x",
        "render=pdf",
        "limit=201",
        "path=a%00",
    ):
        assert _code(await ann.client.get(f"{place.path}?{query}")) == (422, "VALIDATION_ERROR"), query
