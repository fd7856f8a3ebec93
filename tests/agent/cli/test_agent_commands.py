"""`hivesync agent …` with the real agent as a real process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator

import pytest
from hivesync.discovery import read_discovery
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.fake_backend import PASSWORD, FakeBackend
from hivesync_dev.waiting import end_of, holds

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


@pytest.fixture
async def machine(hivesync: CommandLine) -> AsyncIterator[CommandLine]:
    """The command; whatever agent it leaves behind is stopped."""
    yield hivesync
    await hivesync.run("agent", "stop")


def alive(pid: int) -> bool:
    """Tell whether the process runs; one that waits for its parent to look is dead."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_the_whole_life_of_an_agent(machine: CommandLine) -> None:
    started = (await machine.run("agent", "start", "--json")).json()
    assert started["started"]
    assert alive(started["pid"])
    again = (await machine.run("agent", "start", "--json")).json()
    assert again == {"running": True, "started": False, "pid": started["pid"]}
    status = (await machine.run("agent", "status", "--json")).json()
    assert status["status"]["pid"] == started["pid"]
    restarted = (await machine.run("agent", "restart", "--json")).json()
    assert restarted["pid"] != started["pid"]
    assert not alive(started["pid"])
    assert (await machine.run("agent", "stop", "--json")).json() == {"running": False, "stopped": True}
    assert not machine.locations.discovery_file("default").exists()
    assert (await machine.run("agent", "status")).code == 1
    assert (await machine.run("agent", "stop", "--json")).json() == {"running": False, "stopped": False}


async def test_signing_in_starts_the_agent_and_later_commands_use_it(
    machine: CommandLine, backend: FakeBackend
) -> None:
    outcome = await machine.run("login", "--email", "ada", "--password-stdin", stdin=PASSWORD)
    assert outcome.code == 0, outcome.err
    assert "Starting the agent" in outcome.err
    status = (await machine.run("status", "--json")).json()
    assert (status["mode"], status["agent"]["signed_in"]) == ("proxy", True)
    assert (await machine.run("whoami")).out.startswith("ada@example.org")
    assert (await machine.run("logout")).out == "Signed out.\n"
    assert (await machine.run("whoami")).code == 3


async def test_a_second_agent_leaves_at_once_and_says_where_the_first_one_is(machine: CommandLine) -> None:
    await machine.run("agent", "start")
    file = read_discovery(machine.locations.discovery_file("default"))
    second = await machine.run("agent", "run")
    assert second.code == 0
    assert file.url in second.out + second.err
    assert file.token not in second.out + second.err
    as_json = await machine.run("agent", "run", "--json")
    assert (as_json.code, as_json.err) == (0, "")
    assert as_json.json() == {"already_running": True, "url": file.url, "pid": file.pid}


async def test_starting_after_a_crash_replaces_the_stale_file(machine: CommandLine) -> None:
    first = (await machine.run("agent", "start", "--json")).json()["pid"]
    os.kill(first, signal.SIGKILL)
    await holds(lambda: not alive(first))
    assert machine.locations.discovery_file("default").exists()
    second = await machine.run("agent", "start", "--json")
    assert second.code == 0
    assert second.json()["pid"] != first


async def test_an_agent_that_can_not_start_says_why(machine: CommandLine) -> None:
    machine.locations.runtime.parent.mkdir(exist_ok=True)
    machine.locations.runtime.write_text("a file where the folder should be")
    outcome = await machine.run("agent", "start")
    assert outcome.code == 1
    assert "Traceback" not in outcome.err
    assert str(machine.locations.runtime) in outcome.err


async def test_the_agent_in_the_foreground_ends_with_a_signal(machine: CommandLine) -> None:
    process = await machine.spawn("agent", "run")
    path = machine.locations.discovery_file("default")
    await holds(path.exists)
    process.send_signal(signal.SIGTERM)
    assert await end_of(process) == 0
    assert not path.exists()


async def test_the_log_is_shown(machine: CommandLine) -> None:
    assert "no log yet" in (await machine.run("logs")).err
    await machine.run("agent", "start")
    outcome = await machine.run("logs", "-n", "5", "--json")
    assert "agent started" in [line["message"] for line in outcome.json()["lines"]]


async def test_consent_to_a_file_reaches_an_agent_that_runs_already(
    machine: CommandLine, backend: FakeBackend
) -> None:
    await machine.run("agent", "start")
    arguments = ("login", "--email", "ada", "--password-stdin", "--plaintext-storage", "--json")
    outcome = await machine.run(*arguments, stdin=PASSWORD)
    assert outcome.json()["stored_in"] == "file"
    await machine.run("agent", "restart")
    assert (await machine.run("whoami")).code == 0
    await machine.run("agent", "stop")
    assert (await machine.run("whoami")).out.startswith("ada@example.org")


async def test_an_agent_that_answers_late_is_stopped_and_waited_for(machine: CommandLine) -> None:
    started = await machine.run("agent", "start", "--json")
    path = machine.locations.discovery_file("default")
    hidden = path.rename(path.with_name("hidden"))
    stopping = await machine.spawn("agent", "stop", "--json")
    with pytest.raises(TimeoutError):
        # It must not take an agent that it can't ask for one that does not run.
        await asyncio.wait_for(stopping.wait(), 2)
    hidden.rename(path)
    out, _ = await stopping.communicate()
    assert json.loads(out) == {"running": False, "stopped": True}
    assert not alive(started.json()["pid"])
