"""Comments on tasks: a thread of its own, told to those whose task it is, and gone with the task."""

from __future__ import annotations

from typing import Any

from hivesync_dev.servers.backend_user import BackendUser
from hivesync_server.comments.tables import CommentRow
from sqlalchemy import func, select

from .conftest import Place, SignUp, news


async def _task(user: BackendUser, place: Place, title: str = "Fix it", **fields: Any) -> dict[str, Any]:
    answer = await user.client.post(f"/api/v1/projects/{place.id}/tasks", json={"title": title, **fields})
    answer.raise_for_status()
    task: dict[str, Any] = answer.json()
    return {"kind": "task", "task_id": task["id"]}


async def test_a_task_has_a_thread_of_its_own_and_takes_it_along(
    ann: BackendUser, bob: BackendUser, place: Place
) -> None:
    one, two = await _task(ann, place), await _task(ann, place, "Other")
    first = await place.say(bob, "one", one)
    assert first["target"] == {"path": None, "line": None, "commit": None, "sha256": None, **one}
    await place.say(bob, "two", two)
    await place.say(bob, "three", one)
    await place.say(bob, "project")
    for query, bodies in {
        f"?task_id={one['task_id']}": ["three", "one"],
        "?kind=task": ["three", "two", "one"],
        f"?kind=project&task_id={one['task_id']}": [],
    }.items():
        assert await place.bodies(ann, query) == bodies, query
    entries = (await bob.client.get(f"/api/v1/projects/{place.id}/activity")).json()["items"]
    (entry,) = [entry for entry in entries if entry["subject_id"] == first["id"]]
    assert entry["data"] == {"task_id": one["task_id"]}
    gone = await ann.client.delete(f"/api/v1/projects/{place.id}/tasks/{one['task_id']}")
    assert gone.status_code == 204
    assert await place.bodies(ann) == ["project", "two"]
    async with place.backend.resources.database.transaction(writes=False) as transaction:
        assert await transaction.session.scalar(select(func.count()).select_from(CommentRow)) == 2


async def test_a_comment_on_a_task_tells_whose_it_is_and_who_took_part(
    ann: BackendUser, bob: BackendUser, sign_up: SignUp, place: Place
) -> None:
    cid, dan = await sign_up("cid"), await sign_up("dan")
    for user in (cid, dan):
        await place.join(user)
    task = await _task(bob, place, assignee_id=cid.profile["id"])
    before = {user.username: len(await news(user)) for user in (ann, bob, cid, dan)}

    async def told(user: BackendUser) -> list[tuple[str, str]]:
        return (await news(user))[before[user.username] :]

    first = await place.say(dan, "Is this urgent?", task)
    assert await told(bob) == await told(cid) == [("comment_added", first["id"])]
    second = await place.say(cid, "@ann decides", task)
    assert await told(dan) == [("comment_added", second["id"])]
    assert await told(bob) == [("comment_added", first["id"]), ("comment_added", second["id"])]
    # The owner of the project is not told of every word about every task.
    assert await told(ann) == [("mention", second["id"])]
    (item,) = (await ann.client.get("/api/v1/notifications")).json()["items"][:1]
    assert item["text"] == "cid mentioned you in a comment on the task “Fix it”"


async def test_only_tasks_of_the_project_itself_take_comments(
    ann: BackendUser, bob: BackendUser, place: Place
) -> None:
    own = Place(place.backend, await bob.project("own"))
    foreign = await _task(bob, own)
    answer = await ann.client.post(place.path, json={"target": foreign, "body": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "target.task_id")
    await own.say(bob, "secret", foreign)
    assert await place.bodies(ann, f"?task_id={foreign['task_id']}") == []
