"""Tasks, comments and notifications in the Sublime Text plugin."""

from __future__ import annotations

from typing import Any

from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.fake_backend import USER
from hivesync_dev.servers.scripted import json_answer

from tests.plugins.sublime.editor import Editor
from tests.plugins.sublime.project import HOSTILE, P1


def a_task(number: int, status: str, **more: Any) -> dict[str, Any]:
    return {
        **{"id": f"t{number}", "title": f"{HOSTILE} {number}", "description": HOSTILE, "status": status},
        **{"assignee_id": USER.id, "due_at": "2026-12-01T00:00:00Z", **more},
    }


def script_tasks(agent: FakeAgent) -> None:
    member = {"user_id": USER.id, "username": "ada", "role": "owner"}
    agent.on("GET", f"{P1}/team", json_answer({"items": [member], "next_cursor": None}))
    tasks = [a_task(1, "done"), a_task(2, "open")]
    agent.on("GET", f"{P1}/tasks", json_answer({"items": tasks, "next_cursor": None}))


async def test_tasks_are_listed_and_get_another_status(editor: Editor, answering: FakeAgent) -> None:
    script_tasks(answering)
    answering.on("PATCH", f"{P1}/tasks/t2", json_answer({"code": "OFFLINE_QUEUED", "operation_id": "o"}, 202))
    await editor.run("hivesync_open_tasks")
    seen = await editor.see(lambda seen: seen["quick"])
    first = seen["quick"]["items"][0]
    assert first[0].startswith("<img src=x onerror=alert(1)>"), "shown as text, where a list has no markup"
    assert first[0].endswith("2"), "what is done comes last"
    assert first[2:] == ["ada · due 2026-12-01", "○"]
    await editor.do("pick", index=0)
    seen = await editor.see(lambda seen: seen["quick"])
    words = [item[0] for item in seen["quick"]["items"]]
    assert words[:3] == ["Mark as in progress", "Mark as blocked", "Mark as done"]
    await editor.do("pick", index=2)
    await editor.is_told("is sent by itself")
    assert answering.asked("PATCH", f"{P1}/tasks/t2")[0].json() == {"status": "done"}


async def test_a_list_that_promises_more_for_ever_is_ended(editor: Editor, answering: FakeAgent) -> None:
    script_tasks(answering)
    answering.on("GET", f"{P1}/tasks", json_answer({"items": [], "next_cursor": "more"}))
    await editor.run("hivesync_open_tasks")
    await editor.is_told("has no tasks")
    assert len(answering.asked("GET", f"{P1}/tasks")) == 1


async def test_a_task_is_read_and_commented_on(editor: Editor, answering: FakeAgent) -> None:
    script_tasks(answering)
    answering.on("POST", f"{P1}/comments", json_answer({"id": "c1"}, 201))
    for index in (5, 4):
        await editor.run("hivesync_open_tasks")
        await editor.see(lambda seen: seen["quick"])
        await editor.do("pick", index=0)
        await editor.see(lambda seen: seen["quick"])
        await editor.do("pick", index=index)
    seen = await editor.do("see")
    assert "&lt;img" in seen["sheets"][0][1]
    await editor.do("enter", text="looks good")
    await editor.is_told("the comment is written")
    (asked,) = answering.asked("POST", f"{P1}/comments")
    assert asked.json() == {"target": {"kind": "task", "task_id": "t2"}, "body": "looks good"}


async def test_comments_on_the_file_are_marked_shown_and_written(
    editor: Editor, answering: FakeAgent
) -> None:
    comment = {
        **{"id": "c1", "target": {"kind": "file", "path": "app.tsx", "line": 3}, "author_username": "bob"},
        **{"body": HOSTILE, "stars": {"count": 2, "mine": False}, "created_at": "2026-11-01T00:00:00Z"},
    }
    gone = {**comment, "id": "c2", "deleted_at": "2026-11-02T00:00:00Z"}
    answering.on("GET", f"{P1}/comments", json_answer({"items": [comment, gone], "next_cursor": None}))
    answering.on("POST", f"{P1}/comments", json_answer({"id": "c3"}, 201))
    await editor.do("select", a=18, b=18)
    await editor.run("hivesync_open_comments")
    seen = await editor.see(lambda seen: seen["quick"])
    assert answering.asked("GET", f"{P1}/comments")[0].query.startswith("kind=file&path=app.tsx&limit=")
    assert seen["quick"]["items"][0][0] == "Write a comment on line 3…"
    assert seen["quick"]["items"][1][2] == "line 3 · bob · ★ 2"
    assert len(seen["quick"]["items"]) == 2
    assert seen["regions"]["hivesync.comments"] == [[10, 28]]
    await editor.do("pick", index=1)
    assert "&lt;img" in (await editor.do("see"))["shown"]["popups"][0]
    await editor.run("hivesync_open_comments")
    await editor.see(lambda seen: seen["quick"])
    await editor.do("pick", index=0)
    await editor.do("enter", text="why?")
    await editor.is_told("the comment is written")
    target = {"kind": "file", "path": "app.tsx", "line": 3}
    assert answering.asked("POST", f"{P1}/comments")[0].json() == {"target": target, "body": "why?"}


async def test_notifications_are_shown_and_marked_as_read(editor: Editor, answering: FakeAgent) -> None:
    new = {
        "id": "n1",
        "type": "mention",
        "text": HOSTILE,
        "read": False,
        "created_at": "2026-11-01T00:00:00Z",
    }
    items = [new, {**new, "id": "n2", "read": True}]
    answering.on("GET", "/api/v1/notifications", json_answer({"items": items, "next_cursor": None}))
    answering.on("PATCH", "/api/v1/notifications/n1", json_answer({**new, "read": True}))
    answering.on("POST", "/api/v1/notifications/read", json_answer(None))
    await editor.run("hivesync_show_notifications")
    seen = await editor.see(lambda seen: seen["quick"])
    assert [item[3] for item in seen["quick"]["items"]] == ["", "●", " "]
    await editor.do("pick", index=1)
    await editor.is_told("<img src=x onerror=alert(1)>")
    assert answering.asked("PATCH", "/api/v1/notifications/n1")[0].json() == {"read": True}
    await editor.run("hivesync_show_notifications")
    await editor.see(lambda seen: seen["quick"])
    await editor.do("pick", index=0)
    await editor.is_told("all are read")
    assert answering.asked("POST", "/api/v1/notifications/read")[0].json() == {"up_to": "n1"}
