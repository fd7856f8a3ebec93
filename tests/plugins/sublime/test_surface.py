"""Every command of the Sublime Text plugin, in the fake host, against scripted agents on real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hivesync_contract.identity import Tier
from hivesync_dev.servers.fake_agent import FakeAgent, agent_status
from hivesync_dev.servers.fake_backend import USER, FakeBackend
from hivesync_dev.servers.scripted import json_answer, problem_answer

from tests.plugins.sublime.editor import Editor, run_editor

P1 = "/api/v1/projects/p1"
HOSTILE = "<img src=x onerror=alert(1)> & <a href='subl:exit'>click</a> \x1b[31m\u202egnp"
TEXT = "import x\n\nexport const a = 1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with one file."""
    project = tmp_path / "shop"
    project.mkdir()
    (project / "app.tsx").write_text(TEXT)
    return project


@pytest.fixture
def answering(agent: FakeAgent, backend: FakeBackend, folder: Path) -> FakeAgent:
    """An agent that is signed in and has the folder linked."""
    status = replace(
        agent_status(backend.origin), signed_in=True, user=USER, tier=Tier.PREMIUM, pending_previews=1
    )
    agent.on("GET", "/v1/status", json_answer(status))
    agent.on("GET", "/api/v1/notifications/unread", json_answer({"count": 3, "more": False}))
    agent.on(
        "GET", "/v1/projects", json_answer({"items": [{"id": "p1", "root": str(folder), "name": "shop"}]})
    )
    return agent


@pytest.fixture
async def editor(
    python: Path, package: Path, environ: dict[str, str], folder: Path, answering: FakeAgent
) -> AsyncIterator[Editor]:
    """The editor with the project's file in front, once the plugin knows who is signed in."""
    async with run_editor(python, package, environ, folder) as running:
        await running.do("open", path=str(folder / "app.tsx"))
        await running.sees_status("ada")
        yield running


async def test_the_status_bar_tells_who_is_signed_in_and_what_is_new(editor: Editor) -> None:
    seen = await editor.do("see")
    assert seen["status"] == "HiveSync: ada · Premium · 1 preview · 3 unread"
    await editor.run("hivesync_status")
    (popup,) = (await editor.do("see"))["shown"]["popups"]
    assert "by the agent" in popup


async def test_every_command_of_the_palette_exists(editor: Editor) -> None:
    names = set(await editor.do("names"))
    source = Path(__file__).parents[3] / "plugins_bridge" / "sublime"
    palette = json.loads((source / "Default.sublime-commands").read_text())
    assert {entry["command"] for entry in palette} - {"edit_settings"} == names
    assert json.loads((source / "Main.sublime-menu").read_text())


def a_preview(folder: Path, state: str, **more: Any) -> dict[str, Any]:
    return {
        **{"id": "v1", "state": state, "root": str(folder), "entry": "app.tsx", "preview_id": "b1"},
        **{"preview_url": "http://127.0.0.1:8787/p/b1#token", "qr_png": "data:image/png;base64,AAAA"},
        **{"live": False, "diagnostics": [], "skipped": [], "error": None, **more},
    }


async def test_a_preview_is_followed_and_shown_with_its_code(
    editor: Editor, answering: FakeAgent, folder: Path, backend: FakeBackend
) -> None:
    states = iter(["uploading", "building", "ready"])

    async def progress(request: web.Request) -> web.StreamResponse:
        return await json_answer(a_preview(folder, next(states, "ready")))(request)

    answering.on("POST", "/v1/previews", json_answer(a_preview(folder, "preparing"), 202))
    answering.on("GET", "/v1/previews/v1", progress)
    await editor.run("hivesync_request_preview")
    seen = await editor.see(lambda seen: seen["sheets"])
    ((name, contents, _),) = seen["sheets"]
    assert name == "Preview: app.tsx"
    assert "data:image/png;base64,AAAA" in contents
    assert "http://127.0.0.1:8787/p/b1#token" in contents
    (asked,) = answering.asked("POST", "/v1/previews")
    assert asked.json() == {"path": str(folder / "app.tsx"), "platform": "ios", "live": False}
    await editor.run("hivesync_copy_preview_link", about="v1")
    assert (await editor.do("see"))["shown"]["clipboard"] == ["http://127.0.0.1:8787/p/b1#token"]
    health = {"status": "ok", "upload_origins": ["http://127.0.0.1:8787"]}
    answering.on("GET", "/api/v1/health", json_answer(health))
    await editor.run("hivesync_open_preview")
    assert (await editor.see(lambda seen: seen["opened"]))["opened"] == ["http://127.0.0.1:8787/p/b1#token"]


async def test_a_link_to_another_host_is_not_opened(
    editor: Editor, answering: FakeAgent, folder: Path
) -> None:
    foreign = a_preview(folder, "ready", preview_url="https://evil.example/p/b1#t")
    answering.on("POST", "/v1/previews", json_answer(foreign, 202))
    answering.on("GET", "/api/v1/health", json_answer({"upload_origins": ["https://w.example"]}))
    await editor.run("hivesync_request_preview")
    await editor.see(lambda seen: seen["sheets"])
    await editor.run("hivesync_open_preview")
    seen = await editor.see(lambda seen: seen["shown"]["errors"])
    assert seen["opened"] == []


async def test_a_live_preview_is_stopped(editor: Editor, answering: FakeAgent, folder: Path) -> None:
    live = a_preview(folder, "ready", live=True)
    answering.on("POST", "/v1/previews", json_answer(live, 202))
    answering.on("POST", "/v1/previews/v1/stop", json_answer({**live, "live": False}))
    await editor.run("hivesync_live_preview")
    seen = await editor.see(lambda seen: seen["sheets"])
    assert "subl:hivesync_stop_preview" in seen["sheets"][0][1]
    await editor.run("hivesync_stop_preview", about="v1")
    await editor.is_told("live preview stopped")
    await editor.run("hivesync_stop_preview")
    await editor.is_told("no live preview runs")


async def test_a_preview_that_is_given_up_is_removed(
    editor: Editor, answering: FakeAgent, folder: Path
) -> None:
    answering.on("POST", "/v1/previews", json_answer(a_preview(folder, "building"), 202))
    answering.on("GET", "/v1/previews/v1", json_answer(a_preview(folder, "building")))
    answering.on("DELETE", "/v1/previews/v1", json_answer(None))
    await editor.run("hivesync_request_preview")
    await editor.sees_status("building the preview…")
    await editor.run("hivesync_cancel")
    await editor.sees_status("ada")
    assert len(answering.asked("DELETE", "/v1/previews/v1")) == 1


async def test_build_errors_and_the_phone_s_console_come_as_events(
    editor: Editor, answering: FakeAgent, folder: Path
) -> None:
    place = {"path": str(folder / "app.tsx"), "file": "app.tsx", "line": 3, "column": 8}
    problem = {**place, "message": HOSTILE, "code": "PREVIEW_BUILD_FAILED", "hint": HOSTILE}
    wrong = {"preview_id": "b1", "root": str(folder), "version": 2, "diagnostics": [problem]}
    line = {**place, "level": "error", "text": HOSTILE, "uncaught": True}
    console = {"device": {"id": "d", "name": HOSTILE}, "lines": [line], "dropped": 4}
    events = [("preview.diagnostics", wrong), ("device.console", console), ("task.moved", None)]
    written = "".join(f"event: {kind}\ndata: {json.dumps(data)}\n\n" for kind, data in events)
    connected: list[web.StreamResponse] = []

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(written.encode())
        connected.append(response)
        await asyncio.sleep(30)
        return response

    answering.on("GET", "/v1/events", stream)
    seen = await editor.see(lambda seen: seen["phantoms"])
    ((row, html),) = seen["phantoms"]
    assert row == 2
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert seen["regions"]["hivesync.diagnostics"] == [[17, 28]]
    await editor.run("hivesync_show_console")
    seen = await editor.see(lambda seen: seen["panel"])
    assert seen["visible_panel"] == "output.hivesync"
    assert "uncaught error: <img src=x onerror=alert(1)>" in seen["panel"]
    assert f"({folder / 'app.tsx'}:3:8)" in seen["panel"]
    assert "4 more lines" in seen["panel"]
    assert "\x1b" not in seen["panel"]
    await editor.run("hivesync_show_build_errors")
    assert (await editor.do("see"))["quick"]["items"][0][2] == "app.tsx:3"
    await connected[0].write(
        f"event: preview.diagnostics\ndata: {json.dumps({**wrong, 'diagnostics': []})}\n\n".encode()
    )
    seen = await editor.see(lambda seen: not seen["phantoms"])
    assert seen["regions"]["hivesync.diagnostics"] == []


def documentation(**more: Any) -> dict[str, Any]:
    explanation = {"symbol": HOSTILE, "line_start": 3, "line_end": 3, "text": HOSTILE}
    result = {
        "summary": HOSTILE,
        "key_concepts": [HOSTILE],
        "explanations": [explanation],
        "engine": "outline",
    }
    return {"id": "d1", "state": "ready", "file": "app.tsx", "result": {**result, **more}}


async def test_unsaved_text_is_documented_and_the_suggestion_is_applied_on_request(
    editor: Editor, answering: FakeAgent
) -> None:
    unsaved = "// new\n" + TEXT
    diff = "--- a/app.tsx\n+++ b/app.tsx\n@@ -3,2 +3,3 @@\n \n+/** One. */\n export const a = 1\n"
    answering.on("POST", "/v1/ai-docs", json_answer({**documentation(), "state": "queued"}, 202))
    answering.on("GET", "/v1/ai-docs/d1", json_answer(documentation(suggested_diff=diff)))
    await editor.do("type", text="// new\n")
    await editor.do("select", a=7, b=16)
    await editor.run("hivesync_generate_ai_docs")
    seen = await editor.see(lambda seen: seen["sheets"])
    (asked,) = answering.asked("POST", "/v1/ai-docs")
    assert asked.json()["content"] == unsaved
    assert asked.json()["selection"] == {"line_start": 2, "line_end": 2}
    assert "&lt;img src=x onerror=alert(1)&gt;" in seen["sheets"][0][1]
    assert "Made by outline" in seen["sheets"][0][1]
    assert seen["phantoms"][0][0] == 2
    assert seen["text"] == unsaved, "nothing is applied by itself"
    await editor.run("hivesync_show_suggested_diff")
    seen = await editor.do("see")
    assert (seen["text"], seen["syntax"]) == (diff, "Packages/Diff/Diff.sublime-syntax")
    await editor.do("click", href="apply")
    seen = await editor.do("see")
    assert seen["text"] == unsaved.replace("export", "/** One. */\nexport")
    assert seen["reference"] == unsaved
    await editor.run("hivesync_clear_explanations")
    assert (await editor.do("see"))["phantoms"] == []


async def test_a_suggestion_for_another_text_is_refused(editor: Editor, answering: FakeAgent) -> None:
    diff = "--- a\n+++ b\n@@ -1 +1 @@\n-import x\n+import y\n"
    answering.on("POST", "/v1/ai-docs", json_answer(documentation(suggested_diff=diff), 202))
    await editor.run("hivesync_generate_ai_docs")
    await editor.see(lambda seen: seen["sheets"])
    await editor.do("type", text=" ", at=len(TEXT))
    await editor.run("hivesync_apply_suggested_diff")
    seen = await editor.do("see")
    assert "has changed since" in seen["shown"]["errors"][0]
    assert seen["text"] == TEXT + " "


async def test_a_result_of_ten_megabytes_keeps_nobody_waiting(editor: Editor, answering: FakeAgent) -> None:
    explanations = [
        {"symbol": f"s{n}", "line_start": n % 3 + 1, "line_end": 3, "text": "<b>" * 700} for n in range(5000)
    ]
    huge = documentation(summary="<i>" * 300_000, explanations=explanations)
    answering.on("POST", "/v1/ai-docs", json_answer(huge, 202))
    await editor.run("hivesync_generate_ai_docs")
    seen = await editor.see(lambda seen: seen["sheets"])
    assert len(seen["sheets"][0][1]) < 2_000_000
    assert "more explanations are left out" in seen["sheets"][0][1]


async def test_what_is_no_text_or_no_file_is_not_documented(editor: Editor, answering: FakeAgent) -> None:
    await editor.do("encoding", name="Hexadecimal")
    await editor.run("hivesync_generate_ai_docs")
    answering.on("POST", "/v1/ai-docs", problem_answer(413, "PAYLOAD_TOO_LARGE", "The file is too large."))
    await editor.do("encoding", name="UTF-8")
    await editor.run("hivesync_generate_ai_docs")
    seen = await editor.see(lambda seen: len(seen["shown"]["errors"]) == 2)
    assert "binary" in seen["shown"]["errors"][0]
    assert seen["shown"]["errors"][1] == "HiveSync: The file is too large."


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


async def test_signing_in_shows_a_code_and_waits(
    editor: Editor, answering: FakeAgent, backend: FakeBackend
) -> None:
    out = {"signed_in": False, "server_url": backend.origin, "user": None, "pending": None, "error": None}
    page = f"{backend.origin}/device"
    pending = {"user_code": "ABCD-EFGH", "verification_uri": page, "expires_in": 600}
    waiting = {**out, "pending": {**pending, "verification_uri_complete": f"{page}?user_code=ABCD-EFGH"}}
    states = iter([out, waiting])

    async def session(request: web.Request) -> web.StreamResponse:
        done = {**out, "signed_in": True, "user": {"username": "ada"}}
        return await json_answer(next(states, done))(request)

    answering.on("GET", "/v1/session", session)
    answering.on("POST", "/v1/session/login", json_answer(waiting))
    await editor.run("hivesync_log_in")
    seen = await editor.see(lambda seen: seen["sheets"])
    assert "ABCD-EFGH" in seen["sheets"][0][1]
    assert seen["opened"] == [f"{page}?user_code=ABCD-EFGH"]
    seen = await editor.is_told("signed in as ada")
    assert seen["sheets"][0][2] is False, "the page with the code is closed"


async def test_signing_out_asks_first(editor: Editor, answering: FakeAgent) -> None:
    answering.on("DELETE", "/v1/session", json_answer({}))
    await editor.run("hivesync_log_out")
    await editor.do("answer", yes=True)
    await editor.run("hivesync_log_out")
    await editor.is_told("signed out")
    assert len(answering.asked("DELETE", "/v1/session")) == 1


async def test_signed_out_is_told_and_signing_in_is_offered(editor: Editor, answering: FakeAgent) -> None:
    answering.on("POST", "/v1/previews", problem_answer(401, "AUTH_REQUIRED"))
    await editor.run("hivesync_request_preview")
    seen = await editor.see(lambda seen: seen["shown"]["questions"])
    assert seen["shown"]["questions"] == ["You are not signed in to HiveSync."]
