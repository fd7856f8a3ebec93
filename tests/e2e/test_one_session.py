"""One session for a whole machine: agent, commands and programs are processes, and the backend is another."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from hivesync.credentials import Account, new_session
from hivesync.credentials.plaintext import PlaintextStore
from hivesync.discovery import read_discovery
from hivesync.preferences import Preferences
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.cutting_relay import CuttingRelay

PROCESSES = 50
ME = "/api/v1/auth/me"
SDK = """
from hivesync import Client, Mode
with Client(only=Mode.DIRECT) as client:
    print(client.me().username)
"""


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[BackendProcess]:
    """The backend, on SQLite; nothing here needs a Worker."""
    server = BackendProcess.alone(tmp_path / "data")
    yield await server.start()
    await server.stop()


@pytest.fixture
async def relay(backend: BackendProcess) -> AsyncIterator[CuttingRelay]:
    """What every client here takes for the backend."""
    async with CuttingRelay(target=backend.url) as running:
        yield running


@pytest.fixture
async def ann(backend: BackendProcess) -> AsyncIterator[BackendUser]:
    """A user; her own session is apart from that of the machine."""
    async with backend.client() as client:
        yield await BackendUser(client, "ann").sign_up()


@pytest.fixture
async def machine(tmp_path: Path, relay: CuttingRelay) -> AsyncIterator[CommandLine]:
    """A machine whose user keeps the session in a file; whatever agents it leaves behind are stopped."""
    machine = CommandLine(tmp_path / "machine", relay.origin)
    Preferences(plaintext_credentials=True).save(machine.locations)
    yield machine
    for profile in ("default", "work"):
        await machine.run("--profile", profile, "agent", "stop")


async def sign_in(machine: CommandLine, ann: BackendUser) -> PlaintextStore:
    """Leave a session in the machine's store whose access token has ended: everybody needs a new one."""
    body = {"login": ann.username, "password": PASSWORD}
    tokens = (await ann.client.post("/api/v1/auth/login", json=body)).json()
    store = PlaintextStore(Account(machine.server_url, "default").plaintext_path(machine.locations.state))
    store.save(new_session(tokens["refresh_token"], ""))
    return store


async def program(machine: CommandLine) -> asyncio.subprocess.Process:
    """Start a program that uses the SDK without the agent."""
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", SDK, env=machine.env(), stdin=pipe, stdout=pipe, stderr=pipe
    )


async def by_agent(machine: CommandLine, path: str = ME) -> httpx.Response:
    """Make a call as an editor does."""
    file = read_discovery(machine.locations.discovery_file("default"))
    headers = {"Authorization": f"Bearer {file.token}", "X-HiveSync-Client": "tests/1"}
    async with httpx.AsyncClient(trust_env=False, timeout=90) as client:
        return await client.get(file.url + path, headers=headers)


async def devices(ann: BackendUser) -> int:
    """Count the sessions of the user, as the backend sees them."""
    answer = await ann.client.get("/api/v1/auth/sessions")
    return len(answer.raise_for_status().json()["items"])


@pytest.mark.timeout(300)
async def test_fifty_processes_at_once_the_agent_among_them_refresh_once(
    machine: CommandLine, relay: CuttingRelay, ann: BackendUser
) -> None:
    assert (await machine.run("agent", "start")).code == 0
    await sign_in(machine, ann)
    half = (PROCESSES - 1) // 2
    running = [await machine.spawn("token") for _ in range(half)]
    running += [await program(machine) for _ in range(PROCESSES - 1 - half)]
    asked = await by_agent(machine)
    outputs = await asyncio.gather(*(process.communicate() for process in running))
    assert [process.returncode for process in running] == [0] * (PROCESSES - 1), outputs
    assert asked.json()["username"] == "ann"
    assert len({out for out, _ in outputs[:half]}) == 1
    assert {out for out, _ in outputs[half:]} == {b"ann\n"}
    assert len(relay.refresh_tokens()) == 1
    assert (await by_agent(machine)).status_code == 200
    assert await devices(ann) == 2


@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
async def test_fifty_processes_of_which_the_one_that_refreshes_is_killed_sign_nobody_out(
    machine: CommandLine, relay: CuttingRelay, ann: BackendUser
) -> None:
    await sign_in(machine, ann)
    relay.hold_refresh_answers = True
    running = [await program(machine) for _ in range(PROCESSES)]
    port = await relay.holding.get()
    (holder,) = [process for process in running if port in local_ports(process.pid)]
    holder.kill()
    outputs = await asyncio.gather(*(process.communicate() for process in running))
    others = [out for process, (out, _) in zip(running, outputs, strict=True) if process is not holder]
    assert others == [b"ann\n"] * (PROCESSES - 1), outputs
    first, second = relay.refresh_tokens()
    assert first == second
    assert await devices(ann) == 2


def local_ports(pid: int) -> set[int]:
    """Give the ports of a process's connections."""
    return {each.laddr.port for each in psutil.Process(pid).net_connections() if each.laddr}


@pytest.mark.parametrize("lost", [1, 3])
async def test_lost_answers_of_refreshes_sign_nobody_out(
    machine: CommandLine, relay: CuttingRelay, ann: BackendUser, lost: int
) -> None:
    assert (await machine.run("agent", "start")).code == 0
    await sign_in(machine, ann)
    relay.lose_refresh_answers = lost
    while (answer := await by_agent(machine)).status_code != 200:
        assert answer.status_code == 503
    assert len(relay.refresh_tokens()) > lost
    assert len(set(relay.refresh_tokens())) == 1
    assert (await machine.run("token")).code == 0
    assert await devices(ann) == 2


async def test_a_sign_out_while_offline_is_done_by_an_agent_that_starts_later(
    machine: CommandLine, relay: CuttingRelay, backend: BackendProcess, ann: BackendUser
) -> None:
    store = await sign_in(machine, ann)
    await machine.run("agent", "start")
    assert await devices(ann) == 2
    await relay.stop()
    outcome = await machine.run("logout", "--json")
    assert (outcome.json()["signed_out"], outcome.json()["revocations_waiting"]) == (True, 1)
    psutil.Process(read_discovery(machine.locations.discovery_file("default")).pid).kill()
    assert await devices(ann) == 2
    await relay.start()
    assert (await machine.run("agent", "start")).code == 0
    async with asyncio.timeout(30):
        while await devices(ann) != 1:  # noqa: ASYNC110 - the backend is another process
            await asyncio.sleep(0.05)
    assert store.read() is None
    assert (await machine.run("whoami")).code == 3


async def test_two_profiles_have_agents_sessions_and_files_of_their_own(
    machine: CommandLine, backend: BackendProcess, ann: BackendUser
) -> None:
    async with backend.client() as client:
        bob = await BackendUser(client, "bob").sign_up()
    for profile, user in (("default", ann), ("work", bob)):
        words = ("--profile", profile, "login", "--email", user.username, "--password-stdin")
        assert (await machine.run(*words, stdin=PASSWORD)).code == 0
    status = (await machine.run("status", "--json")).json()
    listed: list[dict[str, Any]] = status["profiles"]
    assert [(each["profile"], each["user"]["username"]) for each in listed] == [
        ("default", "ann"),
        ("work", "bob"),
    ]
    assert len({each["pid"] for each in listed}) == 2
    assert "work: " in (await machine.run("status")).out
    machine.environ["HIVESYNC_PROFILE"] = "work"
    assert (await machine.run("whoami")).out.startswith("bob@")
    assert (await machine.run("--profile", "default", "whoami")).out.startswith("ann@")
    assert (await machine.run("logout")).code == 0
    assert (await machine.run("whoami")).code == 3
    assert (await machine.run("--profile", "default", "whoami")).out.startswith("ann@")
    assert {path.name for path in machine.locations.log.glob("agent.*.log")} >= {
        *("agent.default.log", "agent.work.log")
    }
