"""A call that came too early is made again when the answer says so, as the same call."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from aiohttp import web
from hivesync_dev.conformance.clients import command_of
from hivesync_dev.servers.editor_driver import run_driver
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.scripted import Handler, json_answer

PATH = "/api/v1/projects"


def _too_early(seconds: int) -> Handler:
    problem = {"code": "RATE_LIMITED", "detail": "Slow down."}
    return json_answer(problem, 429, {"Retry-After": str(seconds)})


@pytest.mark.timeout(60)
@pytest.mark.parametrize("client", ["vim", "neovim"])
async def test_what_came_too_early_is_asked_again_in_time(client: str, tmp_path: Path) -> None:
    times: list[float] = []

    async def once_too_early(request: web.Request) -> web.StreamResponse:
        times.append(time.monotonic())
        return await (_too_early(1) if len(times) == 1 else json_answer({"id": "p"}, 201))(request)

    environ = {name: value for name, value in os.environ.items() if not name.startswith("HIVESYNC_")}
    environ["HIVESYNC_RUNTIME_DIR"] = str(tmp_path / "run")
    async with (
        FakeAgent(runtime=tmp_path / "run") as agent,
        run_driver(command_of(client), environ) as driver,
    ):
        agent.on("POST", PATH, once_too_early)
        assert (await driver.call("POST", PATH, {"name": "Shop"}))["status"] == 201
        assert times[1] - times[0] >= 1.0
        first, again = agent.asked("POST", PATH)
        assert first.body == again.body
        assert first.headers["Idempotency-Key"] == again.headers["Idempotency-Key"]

        # Neither for ever nor for long: then the user is told.
        for seconds, tries in ((0, 3), (31, 1)):
            agent.on("GET", f"{PATH}/{tries}", _too_early(seconds))
            assert (await driver.call("GET", f"{PATH}/{tries}"))["status"] == 429
            assert len(agent.asked("GET", f"{PATH}/{tries}")) == tries
