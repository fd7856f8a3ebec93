"""Following a preview: a backend that is away is named, waited for, and given up in the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hivesync import Client, Settings
from hivesync_agent.cli.console import Console
from hivesync_agent.cli.following import Following
from hivesync_contract.local_api import LocalPreview
from hivesync_contract.previews import PreviewState
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.fake_agent import FakeAgent, agent_status
from hivesync_dev.servers.scripted import Handler, json_answer

PREPARING = LocalPreview(id="v1", state=PreviewState.PREPARING, root="/src", entry="App.tsx")
READY = replace(PREPARING, state=PreviewState.READY)
BACK = agent_status("http://x")
AWAY = replace(BACK, online=False)
Follow = Callable[[], LocalPreview]


def in_turn(*answers: Any) -> Handler:
    """Give these answers one after another, and the last one for ever."""
    left = list(answers)

    async def handle(request: web.Request) -> web.StreamResponse:
        return await json_answer(left.pop(0) if len(left) > 1 else left[0])(request)

    return handle


async def test_a_backend_that_is_away_is_named_and_waited_for(
    hivesync: CommandLine, agent: FakeAgent, capsys: pytest.CaptureFixture[str]
) -> None:
    agent.on("GET", "/v1/previews/v1", in_turn(PREPARING, READY))
    agent.on("GET", "/v1/status", in_turn(AWAY, AWAY, BACK))

    def follow() -> LocalPreview:
        with Client(settings=Settings(hivesync.server_url), locations=hivesync.locations) as client:
            return Following(Console(), client, ask_seconds=0).until_end(PREPARING)

    assert await asyncio.to_thread(follow) == READY
    assert capsys.readouterr().err.splitlines() == [
        "preparing",
        "waiting for http://x: it can't be reached",
        "ready",
    ]


async def test_a_backend_that_stays_away_is_given_up_with_4(
    hivesync: CommandLine, agent: FakeAgent, tmp_path: Path
) -> None:
    agent.on("GET", "/v1/status", json_answer(AWAY))
    agent.on("POST", "/v1/previews", json_answer(PREPARING, 202))
    agent.on("GET", "/v1/previews/v1", json_answer(PREPARING))
    outcome = await hivesync.run("preview", str(tmp_path), "--give-up", "0")
    assert (outcome.code, outcome.out) == (4, "")
    preparing, waiting, reason, code = outcome.err.splitlines()
    assert (preparing, waiting) == ("preparing", "waiting for http://x: it can't be reached")
    assert "finishes the preview when the server is back; see `hivesync api GET /v1/previews/v1`" in reason
    assert code == "code: UPSTREAM_UNREACHABLE"
