"""`hivesync status`: the lines that appear when something is not as usual, and when it is not."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hivesync_agent import VERSION
from hivesync_contract.local_projects import PolledProject
from hivesync_dev.command_line import CommandLine
from hivesync_dev.diagnosis import Doctor
from hivesync_dev.namespaces import with_user_limit
from hivesync_dev.servers.fake_agent import FakeAgent, agent_status
from hivesync_dev.servers.fake_backend import FakeBackend
from hivesync_dev.servers.fake_identity import EMAIL, PASSWORD
from hivesync_dev.servers.fake_previews import FakePreviews, running_previews
from hivesync_dev.servers.scripted import json_answer
from hivesync_dev.waiting import until

MAX_WATCHES = "max_user_watches"


async def lines(hivesync: CommandLine) -> dict[str, str]:
    """Give the lines of `hivesync status` by their first word."""
    outcome = await hivesync.run("status")
    assert outcome.code == 0, outcome.err
    return {line.split(maxsplit=1)[0]: line.split(maxsplit=1)[1] for line in outcome.out.splitlines()}


async def test_an_agent_of_another_version_is_told_how_to_take_over(
    hivesync: CommandLine, agent: FakeAgent, backend: FakeBackend
) -> None:
    agent.on("GET", "/v1/status", json_answer(agent_status(backend.origin)))
    assert (await lines(hivesync))["update"] == (
        f"{VERSION} is installed; `hivesync agent restart` lets it take over"
    )


async def test_an_agent_as_usual_has_no_line_of_trouble(
    hivesync: CommandLine, agent: FakeAgent, backend: FakeBackend
) -> None:
    agent.on("GET", "/v1/status", json_answer(replace(agent_status(backend.origin), version=VERSION)))
    assert set(await lines(hivesync)) == {"agent", "backend", "signed"}


async def test_what_is_not_there_is_told_with_the_command_that_helps(
    hivesync: CommandLine, agent: FakeAgent, backend: FakeBackend
) -> None:
    agent.on("GET", "/v1/status", json_answer(replace(agent_status(backend.origin), online=False)))
    assert (await lines(hivesync))["backend"] == f"{backend.origin}, offline; `hivesync doctor` says why"
    hivesync.locations.discovery_file("default").unlink()
    assert (await lines(hivesync))["agent"] == "The agent does not run; `hivesync agent start` starts it."


async def test_a_project_that_is_only_looked_at_now_and_then_is_named_with_its_reason(
    hivesync: CommandLine, agent: FakeAgent, backend: FakeBackend
) -> None:
    polled = [PolledProject("/home/ada/shop", "Raise the limit.")]
    agent.on("GET", "/v1/status", json_answer(replace(agent_status(backend.origin), polled_projects=polled)))
    assert (await lines(hivesync))["watching"] == "/home/ada/shop only now and then. Raise the limit."
    found = await Doctor(hivesync).look()
    assert (found["file events"].text, found["file events"].remedy) == (
        "/home/ada/shop: looked at only now and then",
        "Raise the limit.",
    )


@pytest.fixture
async def previews() -> AsyncIterator[FakePreviews]:
    """A backend that knows projects."""
    async with running_previews() as server:
        yield server


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux' own")
async def test_an_agent_whose_system_watches_no_more_says_so(previews: FakePreviews, tmp_path: Path) -> None:
    """The limit is a real one, of the kernel, and of this agent alone."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "index.html").write_text("<h1>Shop</h1>")
    line = CommandLine(tmp_path, previews.url, inside=with_user_limit("max_inotify_watches", 0))
    assert (await line.run("agent", "start")).code == 0
    line.inside = ()
    try:
        login = await line.run("login", "--email", EMAIL, "--password-stdin", stdin=PASSWORD)
        assert login.code == 0, login.err
        link = json.dumps({"path": str(tmp_path / "shop")})
        assert (await line.run("api", "POST", "/v1/projects", "--data", link)).code == 0

        async def told() -> str:
            return (await lines(line)).get("watching", "")

        assert (await until(told)).startswith(f"{tmp_path / 'shop'} only now and then. The system's limit")
        projects = (await line.run("api", "GET", "/v1/projects", "--json")).json()
        assert projects["items"][0]["watch"]["mode"] == "polling"
        assert MAX_WATCHES in projects["items"][0]["watch"]["reason"]
    finally:
        await line.run("agent", "stop")
