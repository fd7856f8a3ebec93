"""What the Vim family shows and sends, key by key, with an agent whose answers are written down here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hivesync_dev.conformance.agent import StagedAgent
from hivesync_dev.conformance.event_source import EventSource
from hivesync_dev.editors.installed import TMUX, VIM
from hivesync_dev.editors.scripted import scripted_editor
from hivesync_dev.editors.tour import Tour
from hivesync_dev.servers.scripted import json_answer, problem_answer
from hivesync_dev.testing import require_tool

pytestmark = pytest.mark.timeout(120)

_STATUS = {"signed_in": True, "online": True, "tier": "pro", "pending_previews": 0, "queued_operations": 0}
_EVENING = "2026-07-01T02:30:00Z"
"""In New York, where the editors are, it is half past ten, the day before."""
_NO_TEXT = "data.bin is not text, so there is nothing to explain."
_NO_ROOM = "The code needs 23 more lines: Enlarge the window, or make the letters smaller."
_LONG = " ".join(["A title that is longer than any line of the terminal,"] * 3)


@pytest.fixture(params=["neovim", "vim"])
def editor(request: pytest.FixtureRequest) -> str:
    for program in (TMUX, VIM):
        require_tool(program, "sudo apt-get install tmux vim")
    return str(request.param)


@pytest.fixture
async def agent(tmp_path: Path) -> AsyncIterator[StagedAgent]:
    """An agent with somebody signed in, and a project around the file that is open."""
    async with StagedAgent(runtime=tmp_path / "run") as running:
        running.on("GET", "/v1/status", json_answer(_STATUS))
        running.on("GET", "/api/v1/notifications/unread", json_answer({"count": 3}))
        project = {"id": "p", "name": "Shop", "root": str(tmp_path)}
        other = {"id": "q", "name": "None of a.ts", "root": str(tmp_path / "a")}
        running.on("GET", "/v1/projects", json_answer({"items": [project, other]}))
        yield running


def _notification(text: str, **more: Any) -> dict[str, Any]:
    return {"id": "n1", "text": text, "read": False, "created_at": _EVENING} | more


def _preview(number: int, *, live: bool) -> dict[str, Any]:
    link, code = f"http://127.0.0.1:1/p/{number}#t", "██\n" * (2 if live else 40)
    return {"id": f"v{number}", "state": "ready", "live": live, "preview_url": link, "qr_text": code}


async def test_stop_ends_the_live_preview_alone(editor: str, agent: StagedAgent, tmp_path: Path) -> None:
    async def make(request: web.Request) -> web.StreamResponse:
        live = (await request.json())["live"]
        made = _preview(len(agent.asked("POST", "/v1/previews")), live=live)
        states = iter([made | {"state": "building"}])

        async def show(request: web.Request) -> web.StreamResponse:
            return await json_answer(next(states, made))(request)

        agent.on("GET", f"/v1/previews/{made['id']}", show)
        agent.on("POST", f"/v1/previews/{made['id']}/stop", json_answer({}))
        return await json_answer(made, 202)(request)

    def walk(tour: Tour) -> None:
        for command, said in (("live", "each save is shown there."), ("preview", _NO_ROOM)):
            tour.terminal.command(f"HiveSync {command}")
            tour.says(said)
            tour.close("open the link")
        tour.terminal.command("HiveSync stop")
        tour.says("The live preview has ended; the phone keeps its last version.")
        tour.terminal.command("HiveSync stop")
        tour.says("Nothing runs.")

    agent.on("POST", "/v1/previews", make)
    await _with_editor(editor, tmp_path, walk)
    assert len(agent.asked("POST", "/v1/previews/v1/stop")) == 1
    assert agent.asked("POST", "/v1/previews/v2/stop") == []


async def test_news_are_told_and_counted_and_take_no_key(
    editor: str, agent: StagedAgent, tmp_path: Path
) -> None:
    source, loop = EventSource(agent), asyncio.get_running_loop()

    def happens(number: int, text: str) -> None:
        event = source.send(str(number), "notification.created", {"notification": _notification(text)})
        asyncio.run_coroutine_threadsafe(event, loop).result()

    def walk(tour: Tour) -> None:
        tour.terminal.wait_for("HiveSync Pro · 3 unread")
        happens(1, "Mia has joined")
        tour.says("HiveSync: Mia has joined")
        tour.terminal.wait_for("HiveSync Pro · 4 unread")
        happens(2, f"1 {_LONG}")
        tour.says(f"1 {_LONG}")
        happens(3, f"2 {_LONG[:80]}")  # smaller, so that the first one would stand out behind it
        tour.says(f"2 {_LONG[:80]}")
        assert f"1 {_LONG[:20]}" not in tour.terminal.screen()
        tour.terminal.type("ry")
        tour.terminal.wait_for("yxport const a")
        tour.terminal.command("HiveSync notifications")
        tour.terminal.wait_for("● It is ready  2026-06-30 22:30")

    agent.on("GET", "/api/v1/notifications", json_answer({"items": [_notification("It is ready")]}))
    await _with_editor(editor, tmp_path, walk)


async def test_an_item_takes_a_line_and_is_shown_whole_when_opened(
    editor: str, agent: StagedAgent, tmp_path: Path
) -> None:
    def walk(tour: Tour) -> None:
        tour.terminal.command("HiveSync tasks")
        screen = tour.terminal.wait_for("open and comment", "due 2026-06-30")
        rows = screen.splitlines()
        first = next(at for at, row in enumerate(rows) if "any line" in row)
        assert "○ Short" in rows[first + 1]
        tour.terminal.press("Enter")
        tour.says("the terminal, end.")
        tour.comment("c", "Comment:", _LONG.upper(), "you")
        tour.says("You are offline. The change is kept, and sent when HiveSync can be reached.")
        tour.says(_LONG.upper())

    tasks = [_task(_LONG, description=f"{_LONG} end."), _task("Short", due_at=_EVENING)]
    queued = {"code": "OFFLINE_QUEUED", "operation_id": "o"}
    agent.on("GET", "/api/v1/projects/p/tasks", json_answer({"items": tasks}))
    agent.on("GET", "/api/v1/projects/p/comments", json_answer({"items": []}))
    agent.on("POST", "/api/v1/projects/p/comments", json_answer(queued, 202))
    await _with_editor(editor, tmp_path, walk)


async def test_refusals_name_the_way_out(editor: str, agent: StagedAgent, tmp_path: Path) -> None:
    def walk(tour: Tour) -> None:
        tour.terminal.command(f"edit {tmp_path / 'data.bin'}")
        tour.terminal.command("HiveSync docs")
        tour.says(_NO_TEXT)
        agent.on("GET", "/v1/projects", refusal)
        tour.terminal.command("HiveSync tasks")
        tour.says("HiveSync: You are not signed in. Sign in with :HiveSync login.")

    refusal = problem_answer(401, "AUTH_REQUIRED", "You are not signed in; run `hivesync login`.")
    agent.on("GET", "/api/v1/projects", refusal)
    # Neovim keeps a NUL, which the agent finds; Vim would send a line's end in its place.
    agent.on("POST", "/v1/ai-docs", problem_answer(415, "VALIDATION_ERROR", _NO_TEXT))
    (tmp_path / "data.bin").write_bytes(b"a\0b\n")
    await _with_editor(editor, tmp_path, walk)
    sent = [asked.json()["content"] for asked in agent.asked("POST", "/v1/ai-docs")]
    assert sent == (["a\0b\n"] if editor == "neovim" else [])


def _task(title: str, **more: Any) -> dict[str, Any]:
    return {"id": "t", "title": title, "status": "open"} | more


async def _with_editor(editor: str, folder: Path, walk: Callable[[Tour], None]) -> None:
    file = folder / "a.ts"
    file.write_text("export const a = 1;\n", "utf-8")

    def open_and_walk() -> None:
        with scripted_editor(editor, file, folder) as tour:
            walk(tour)

    await asyncio.to_thread(open_and_walk)
