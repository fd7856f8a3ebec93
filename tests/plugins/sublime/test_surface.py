"""What the plugin's surface tells at any time, and how people sign in and out, against scripted agents."""

from __future__ import annotations

import json
from pathlib import Path

from aiohttp import web
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.fake_backend import FakeBackend
from hivesync_dev.servers.scripted import json_answer, problem_answer

from tests.plugins.sublime.editor import Editor


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


async def test_a_limit_is_told_with_when_it_ends(editor: Editor, answering: FakeAgent) -> None:
    problem = {"status": 402, "code": "TIER_LIMIT", "detail": "Your tier allows 5 previews per hour."}
    answering.on("POST", "/v1/previews", json_answer(problem, 402, {"Retry-After": "90"}))
    await editor.run("hivesync_request_preview")
    seen = await editor.see(lambda seen: seen["shown"]["errors"])
    assert seen["shown"]["errors"] == [f"HiveSync: {problem['detail']} Try again in 90 s."]


async def test_without_agent_and_command_it_is_said_how_to_get_them(
    editor: Editor, answering: FakeAgent
) -> None:
    await editor.do("set", name="hivesync_command", value="/nowhere/hivesync")
    await answering.stop()
    await editor.run("hivesync_open_tasks")
    seen = await editor.see(lambda seen: seen["shown"]["errors"] or seen["shown"]["questions"])
    assert "Install HiveSync" in seen["shown"]["errors"][0]
