"""Editors on another machine, over a real sshd: they find this machine's agent there, and nobody else."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import stat
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from hivesync_agent.remote.script import remote_command
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.fake_agent import FakeAgent, agent_status
from hivesync_dev.servers.fake_identity import EMAIL, PASSWORD
from hivesync_dev.servers.remote_machine import OTHER_ADDRESS, RemoteMachine, remote_machine
from hivesync_dev.servers.scripted import json_answer
from hivesync_dev.servers.upstream_backend import UpstreamBackend
from hivesync_dev.waiting import holds

DISCOVERY = "desktop-agent.json"
ASK = (
    "import socket, sys; s = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5); "
    's.sendall(f"GET /hivesync-desktop-api/?nonce={chr(97) * 32} HTTP/1.1\\r\\nHost: 127.0.0.1:{sys.argv[2]}'
    '\\r\\nX-HiveSync-Client: test/1\\r\\n\\r\\n".encode()); print(s.recv(64).split()[1].decode())'
)
"""Ask for the proof on the other machine as an editor does, and print the status."""


@dataclass(slots=True)
class Forwarding:
    """`hivesync remote` as it runs, and both ends of it."""

    process: asyncio.subprocess.Process
    here: CommandLine
    there: RemoteMachine

    @property
    def discovery(self) -> Path:
        return self.there.runtime / DISCOVERY

    async def ready(self) -> int:
        """Wait until it says that editors can come; give the port."""
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            line = await self.process.stdout.readline()
        assert line, (await self.process.communicate())[1].decode()
        told = json.loads(line)
        assert told == {"host": "remote", "port": told["port"], "ready": True}
        return int(told["port"])

    async def ask_there(self, *arguments: str) -> tuple[int, Any]:
        """Run the command on the other machine; give exit code and answer."""
        done = await asyncio.to_thread(self.there.hivesync, *arguments, "--json")
        return done.returncode, json.loads(done.stdout)

    async def there_gone(self) -> None:
        """Wait until nothing of it is left on the other machine."""
        await holds(lambda: not self.discovery.exists())


@pytest.fixture
def there(tmp_path: Path) -> Iterator[RemoteMachine]:
    """The other machine."""
    with remote_machine(tmp_path / "there") as machine:
        yield machine


@pytest.fixture
def here(tmp_path: Path, backend: UpstreamBackend) -> CommandLine:
    """This machine."""
    return CommandLine(tmp_path / "here", backend.url)


@pytest.fixture
async def scripted(here: CommandLine) -> AsyncIterator[FakeAgent]:
    """An agent of this machine that costs nothing to start."""
    async with FakeAgent(runtime=here.locations.runtime, server_url=here.server_url) as server:
        server.on("GET", "/v1/status", json_answer(agent_status(here.server_url)))
        yield server


@pytest.fixture
async def forwarding(
    here: CommandLine, there: RemoteMachine, scripted: FakeAgent
) -> AsyncIterator[Forwarding]:
    """A forward of that agent that has begun."""
    async with begun(here, there) as running:
        yield running


@pytest.fixture
async def signed_in_there(here: CommandLine, there: RemoteMachine) -> AsyncIterator[Forwarding]:
    """A forward of a real agent that a user is signed in to."""
    assert (await here.run("agent", "start")).code == 0
    login = await here.run("login", "--email", EMAIL, "--password-stdin", stdin=PASSWORD)
    assert login.code == 0, login.err
    async with begun(here, there) as running:
        yield running
    await here.run("agent", "stop")


@contextlib.asynccontextmanager
async def begun(here: CommandLine, there: RemoteMachine) -> AsyncIterator[Forwarding]:
    process = await here.spawn("remote", "--json", "remote", "--", "-F", str(there.config))
    try:
        yield Forwarding(process, here, there)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.communicate()


async def test_an_editor_there_uses_the_agent_here_by_loopback_alone_and_gets_no_session(
    signed_in_there: Forwarding, backend: UpstreamBackend
) -> None:
    forwarding, ask = signed_in_there, signed_in_there.there.python
    port = await forwarding.ready()
    code, user = await forwarding.ask_there("whoami")
    assert (code, user["email"]) == (0, EMAIL)
    status = (await forwarding.ask_there("status"))[1]
    assert (status["mode"], status["agent"]["server_url"]) == ("proxy", backend.url)

    assert stat.S_IMODE(forwarding.discovery.stat().st_mode) == 0o600
    assert stat.S_IMODE(forwarding.there.runtime.stat().st_mode) == 0o700
    written = forwarding.discovery.read_text()
    assert json.loads(written)["port"] == port
    assert not any(token in written for token in backend.identity.issued)

    assert await asyncio.to_thread(ask, ASK, "127.0.0.1", str(port)) == "200"
    with pytest.raises(AssertionError, match="ConnectionRefusedError"):
        await asyncio.to_thread(ask, ASK, OTHER_ADDRESS, str(port))
    agent = psutil.Process(status["agent"]["pid"])
    assert [each.laddr.ip for each in agent.net_connections("inet") if each.status == "LISTEN"] == [
        "127.0.0.1"
    ]

    # A page that a name was rebound for can't be told apart from this, so the port numbers must be equal.
    other = 20_000 if port != 20_000 else 20_001
    options = ("-R", f"127.0.0.1:{other}:127.0.0.1:{port}")
    assert await asyncio.to_thread(ask, ASK, "127.0.0.1", str(other), options=options) == "403"


async def test_ctrl_c_ends_it_and_leaves_nothing_there(forwarding: Forwarding) -> None:
    port = await forwarding.ready()
    forwarding.process.send_signal(signal.SIGINT)
    assert await forwarding.process.wait() == 0
    await forwarding.there_gone()
    with pytest.raises(AssertionError, match="ConnectionRefusedError"):
        await asyncio.to_thread(forwarding.there.python, ASK, "127.0.0.1", str(port))
    assert (await forwarding.ask_there("status"))[1]["mode"] == "direct"


async def test_killed_it_leaves_nothing_there_either(forwarding: Forwarding) -> None:
    await forwarding.ready()
    forwarding.process.kill()
    await forwarding.there_gone()


async def test_a_restarted_agent_is_followed(forwarding: Forwarding, scripted: FakeAgent) -> None:
    first = await forwarding.ready()
    await scripted.restart()
    second = await forwarding.ready()
    assert second != first
    assert json.loads(forwarding.discovery.read_text())["port"] == second
    assert (await forwarding.ask_there("agent", "status"))[0] == 0


async def test_a_lost_connection_is_made_again(forwarding: Forwarding) -> None:
    port = await forwarding.ready()
    children = psutil.Process(forwarding.process.pid).children()
    (ssh,) = [child for child in children if child.name() == "ssh"]
    ssh.kill()
    assert await forwarding.ready() == port
    assert (await forwarding.ask_there("agent", "status"))[0] == 0


async def test_what_takes_files_of_that_machine_is_refused_with_the_way_out(
    forwarding: Forwarding, scripted: FakeAgent
) -> None:
    await forwarding.ready()
    for command in (("preview", str(forwarding.there.home)), ("agent", "stop")):
        code, problem = await forwarding.ask_there(*command)
        assert (code, problem["code"]) == (1, "FORBIDDEN"), command
        assert "run `hivesync agent start` here" in problem["detail"]
    assert [request for request in scripted.requests if request.method == "POST"] == []
    _, bundle = await forwarding.ask_there("support-bundle")
    assert bundle["made_by"] == "command"
    _, report = await forwarding.ask_there("doctor")
    agent = next(each for each in report["findings"] if each["check"] == "agent")
    assert (agent["grade"], "does not see files of this machine" in agent["text"]) == ("note", True)


@pytest.mark.usefixtures("scripted")
async def test_an_agent_of_that_machine_goes_first(here: CommandLine, there: RemoteMachine) -> None:
    there.runtime.mkdir(mode=0o700)
    own = '{"schema": 1, "forwarded_from": null}'
    (there.runtime / DISCOVERY).write_text(own)
    outcome = await here.run("remote", "remote", "--json", "--", "-F", str(there.config))
    assert outcome.code == 1
    assert "has an agent of its own" in outcome.json()["detail"]
    assert (there.runtime / DISCOVERY).read_text() == own


@pytest.mark.usefixtures("scripted")
async def test_what_an_earlier_forward_left_is_replaced(here: CommandLine, there: RemoteMachine) -> None:
    there.runtime.mkdir(mode=0o700)
    (there.runtime / DISCOVERY).write_text('{"schema": 1, "forwarded_from": "yesterday"}')
    async with begun(here, there) as running:
        port = await running.ready()
        assert json.loads(running.discovery.read_text())["port"] == port


async def test_a_port_that_is_taken_there_is_told(
    here: CommandLine, there: RemoteMachine, scripted: FakeAgent
) -> None:
    port = scripted.port
    hold = f'\'import socket, sys; s = socket.create_server((chr(49)+chr(50)+chr(55)+".0.0.1", {port}))'
    hold = f"{hold}; print(1, flush=True); sys.stdin.read()'"
    ssh = ("ssh", "-F", str(there.config), "remote", "python3", "-c", hold)
    pipe = asyncio.subprocess.PIPE
    holder = await asyncio.create_subprocess_exec(*ssh, stdin=pipe, stdout=pipe)
    assert holder.stdout is not None
    await holder.stdout.readline()
    outcome = await here.run("remote", "remote", "--json", "--", "-F", str(there.config))
    holder.terminate()
    await holder.communicate()
    assert outcome.code == 1
    assert f"Port {port} is taken on remote" in outcome.json()["detail"]


@pytest.mark.usefixtures("scripted")
async def test_a_machine_that_can_not_be_reached_is_4(here: CommandLine) -> None:
    options = ("-o", "ProxyCommand=false", "-o", "BatchMode=yes")
    outcome = await here.run("remote", "nowhere.invalid", "--json", "--", *options)
    assert (outcome.code, outcome.json()["code"]) == (4, "UPSTREAM_UNREACHABLE")


@pytest.mark.usefixtures("scripted")
async def test_a_host_is_never_taken_for_an_option(here: CommandLine, tmp_path: Path) -> None:
    """`-oProxyCommand=…` as a host would run a command here (CVE-2017-1000117 in git)."""
    told, ssh = tmp_path / "told", tmp_path / "bin" / "ssh"
    ssh.parent.mkdir()
    ssh.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {told}\nexit 255\n')
    ssh.chmod(0o755)
    here.environ["PATH"] = f"{ssh.parent}:{os.environ['PATH']}"
    outcome = await here.run("remote", "--", "-oProxyCommand=touch x", "-p", "22")
    assert outcome.code == 4
    arguments = told.read_text().splitlines()
    assert arguments[-3:-1] == ["--", "-oProxyCommand=touch x"]
    assert arguments[-5:-3] == ["-p", "22"]


@pytest.mark.parametrize("profile", ["desktop-agent.json", "desktop-agent.work.json"])
def test_the_command_there_passes_every_login_shell(profile: str) -> None:
    """Quotes, newlines and history expansion are what bash, zsh, fish and csh read differently."""
    command = remote_command(profile)
    assert command.startswith("exec sh -c '")
    assert command.count("'") == 2
    assert "\n" not in command
    assert "!" not in command
    assert "{" not in command.replace("${", "").replace("() {", "")
