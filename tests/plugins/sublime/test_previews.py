"""Previews in the Sublime Text plugin: shown, opened, live, with their errors and the phone's console."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from aiohttp import web
from hivesync_dev.servers.fake_agent import FakeAgent, agent_status
from hivesync_dev.servers.fake_backend import USER, FakeBackend
from hivesync_dev.servers.scripted import json_answer

from tests.plugins.sublime.editor import Editor
from tests.plugins.sublime.project import HOSTILE


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
    resting = replace(agent_status("https://hivesync.dev"), signed_in=True, user=USER, paused=True)
    answering.on("GET", "/v1/status", json_answer(resting))
    await connected[0].write(b'event: agent.changed\ndata: {"paused": true}\n\n')
    await editor.sees_status("paused")
