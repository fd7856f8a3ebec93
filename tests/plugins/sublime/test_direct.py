"""Where no agent runs, or one of another time: one file is previewed, and what lacks is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hivesync_dev.pythons import oldest_and_newest
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.fake_backend import FakeBackend
from hivesync_dev.servers.scripted import ScriptedServer, json_answer

from tests.plugins.sublime.editor import Editor
from tests.plugins.sublime.project import P1, TEXT

PREVIEWS = f"{P1}/previews"


async def taken(_: web.Request) -> web.StreamResponse:
    return web.Response()


def a_preview(state: str) -> dict[str, Any]:
    link = "http://127.0.0.1:8787/p/v1#token"
    return {"id": "v1", "project_id": "p1", "title": "app.tsx", "state": state, "preview_url": link}


def script_preview(backend: FakeBackend, store: str, *states: str) -> None:
    following = iter(states)
    upload = {"url": f"{store}/put?signed=1", "headers": {"X-Checked": "yes"}}
    made = {"preview": a_preview("uploading"), "uploads": {"packs": [], "files": [upload]}}

    async def progress(request: web.Request) -> web.StreamResponse:
        return await json_answer(a_preview(next(following, states[-1])))(request)

    projects = {"items": [{"id": "p0", "name": "other"}, {"id": "p1", "name": "shop"}], "next_cursor": None}
    backend.on("GET", "/api/v1/projects", json_answer(projects))
    backend.on("GET", "/api/v1/health", json_answer({"upload_origins": [store]}))
    backend.on("POST", PREVIEWS, json_answer(made, 201))
    backend.on("POST", f"{PREVIEWS}/v1/complete", json_answer(a_preview("building")))
    backend.on("GET", f"{PREVIEWS}/v1", progress)
    backend.on("DELETE", f"{PREVIEWS}/v1", json_answer(None))


async def sees_the_backend(editor: Editor) -> None:
    """Have the plugin ask anew, and wait until it has its token and tells no more than the backend does."""
    await editor.do("set", name="poll_seconds", value=10)
    await editor.see(lambda seen: seen["status"] == "HiveSync: ada · Premium")


# One interpreter each: both run all that these share with the other tests.
@pytest.mark.parametrize("python", oldest_and_newest()[-1:], indirect=True)
@pytest.mark.usefixtures("signed_in")
async def test_one_file_is_previewed_without_an_agent(
    editor: Editor, answering: FakeAgent, backend: FakeBackend, folder: Path
) -> None:
    await answering.stop()
    await sees_the_backend(editor)
    async with ScriptedServer() as store:
        store.on("PUT", "/put", taken)
        script_preview(backend, store.origin, "building", "ready")
        await editor.run("hivesync_request_preview")
        seen = await editor.see(lambda seen: seen["quick"])
        assert [item[0] for item in seen["quick"]["items"]] == ["other", "shop"]
        await editor.do("pick", index=1)
        seen = await editor.see(lambda seen: seen["sheets"])
        name, contents, _ = seen["sheets"][0]
        assert name == "Preview: app.tsx"
        assert "it does not run" in contents, "no code without the agent"
        assert "http://127.0.0.1:8787/p/v1#token" in contents
        (asked,) = backend.asked("POST", PREVIEWS)
        assert (asked.json()["kind"], asked.json()["entry"]) == ("component", "app.tsx")
        (put,) = store.requests
        assert (put.body, put.query, put.headers["X-Checked"]) == (TEXT.encode(), "signed=1", "yes")
        assert "Authorization" not in put.headers

        script_preview(backend, store.origin, "building")
        await editor.run("hivesync_request_preview")
        await editor.sees_status("building the preview…")
        await editor.run("hivesync_cancel")
        await editor.sees_status("ada")
        assert len(backend.asked("DELETE", f"{PREVIEWS}/v1")) == 1
        assert len(backend.asked("GET", "/api/v1/projects")) == 1, "which project it is was asked once"

        (folder / "app.tsx").unlink()
        await editor.run("hivesync_request_preview")
        seen = await editor.see(lambda seen: seen["shown"]["errors"])
        assert seen["shown"]["errors"] == [f"HiveSync: {folder / 'app.tsx'} does not exist. Save it first."]
        (folder / "app.tsx").mkdir()
        await editor.run("hivesync_request_preview")
        seen = await editor.see(lambda seen: seen["shown"]["questions"])
        assert "Without it one file at a time" in seen["shown"]["questions"][0]
        (folder / "app.tsx").rmdir()
        (folder / "app.tsx").write_bytes(b"x" * (256 * 1024 + 1))
        await editor.run("hivesync_request_preview")
        seen = await editor.see(lambda seen: len(seen["shown"]["errors"]) > 1)
        assert "at most 256 KB" in seen["shown"]["errors"][1]
        assert len(store.requests) == 2


@pytest.mark.parametrize("python", oldest_and_newest()[:1], indirect=True)
@pytest.mark.usefixtures("signed_in")
async def test_an_agent_of_another_time_is_named(editor: Editor, answering: FakeAgent) -> None:
    path = answering.discovery_path
    told = json.loads(path.read_bytes())
    path.write_text(json.dumps({**told, "protocol": {"min": 2, "max": 2}}))
    await editor.run("hivesync_live_preview")
    seen = await editor.see(lambda seen: seen["shown"]["errors"])
    why = "The agent is newer than this plugin: update the plugin."
    assert seen["shown"]["errors"] == [
        f"HiveSync: {why} Without it one file at a time is previewed, and not live."
    ]
    await sees_the_backend(editor)
    await editor.run("hivesync_status")
    seen = await editor.see(lambda seen: seen["shown"]["popups"])
    assert f"Calls go directly. {why}" in seen["shown"]["popups"][-1]
