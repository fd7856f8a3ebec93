"""`hivesync doctor` finds what is wrong, says what to do, and is content with a healthy machine."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.fake_agent import FakeAgent, agent_status
from hivesync_dev.servers.fake_backend import FakeBackend
from hivesync_dev.servers.impostor import Impostor, http_answer
from hivesync_dev.servers.scripted import json_answer

HEALTH = {"status": "ok", "version": "0", "env": "local", "upload_origins": []}


async def findings(hivesync: CommandLine, *, code: int) -> dict[str, dict[str, Any]]:
    outcome = await hivesync.run("doctor", "--json")
    assert outcome.code == code, outcome.out + outcome.err
    report = outcome.json()
    assert report["healthy"] is (code == 0)
    return {finding["check"]: finding for finding in report["findings"]}


@pytest.mark.usefixtures("signed_in")
async def test_a_healthy_machine_without_an_agent(hivesync: CommandLine) -> None:
    found = await findings(hivesync, code=0)
    assert found["backend"]["grade"] == found["clock"]["grade"] == found["session"]["grade"] == "ok"
    assert found["discovery file"]["grade"] == "note"


async def test_every_complaint_has_a_remedy(hivesync: CommandLine, backend: FakeBackend) -> None:
    await backend.stop()
    found = await findings(hivesync, code=1)
    assert found["backend"]["grade"] == "wrong"
    assert all(finding["remedy"] for finding in found.values() if finding["grade"] == "wrong")


async def test_nobody_signed_in_is_told_to_sign_in(hivesync: CommandLine) -> None:
    assert (await findings(hivesync, code=1))["session"]["grade"] == "wrong"
    assert "→ `hivesync login`" in (await hivesync.run("doctor")).out


@pytest.mark.usefixtures("signed_in")
async def test_a_session_that_can_not_be_checked_is_not_called_wrong(
    hivesync: CommandLine, backend: FakeBackend
) -> None:
    await backend.stop()
    session = (await findings(hivesync, code=1))["session"]
    assert (session["grade"], session["remedy"]) == ("note", "")
    assert session["text"] == "not checked: the backend can't be reached"


@pytest.mark.usefixtures("signed_in")
async def test_an_impostor_on_the_agent_s_port_is_named(hivesync: CommandLine, agent: FakeAgent) -> None:
    await agent.crash()
    async with Impostor(agent.port, http_answer(b"{}")) as impostor:
        found = await findings(hivesync, code=0)
        assert "not the agent" in found["agent"]["text"]
        assert agent.token.encode() not in impostor.received


@pytest.mark.usefixtures("signed_in")
async def test_a_damaged_discovery_file_is_named(hivesync: CommandLine, agent: FakeAgent) -> None:
    agent.discovery_path.write_bytes(b"{")
    found = await findings(hivesync, code=1)
    assert "damaged" in found["discovery file"]["text"]


@pytest.mark.usefixtures("signed_in")
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
async def test_an_open_folder_is_named(hivesync: CommandLine) -> None:
    hivesync.locations.state.chmod(0o755)
    found = await findings(hivesync, code=1)
    assert "chmod 700" in found["state folder"]["remedy"]


@pytest.mark.usefixtures("signed_in")
async def test_a_wrong_clock_is_named(hivesync: CommandLine, backend: FakeBackend) -> None:
    date = {"Date": "Mon, 01 Jan 2024 00:00:00 GMT"}
    backend.on("GET", "/api/v1/health", json_answer(HEALTH, headers=date))
    found = await findings(hivesync, code=1)
    assert "ahead of the backend" in found["clock"]["text"]


async def test_an_agent_of_another_backend_is_named(hivesync: CommandLine, agent: FakeAgent) -> None:
    agent.on("GET", "/v1/status", json_answer(agent_status("https://other.example")))
    found = await findings(hivesync, code=1)
    assert "https://other.example" in found["agent"]["text"]
