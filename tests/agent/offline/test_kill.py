"""`kill -9` at every durable step of an agent's life, and within requests: nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from hivesync import AsyncClient, Mode, Offline, Settings
from hivesync.preferences import Preferences
from hivesync_dev.servers.agents import (
    AGENT,
    CLIENT,
    AgentNotStarted,
    AgentProcess,
    environment_in,
    locations_in,
    start_agent_process,
)
from hivesync_dev.servers.editor import PROJECT
from hivesync_dev.servers.fake_changes import FakeChanges
from hivesync_dev.servers.fake_identity import EMAIL, PASSWORD
from hivesync_dev.waiting import until

CHANGES = 2
OTHER = "/api/v1/projects/0199c1b2-0000-7000-8000-0000000000bb"

DIES_AT_A_STEP = """
import os, signal, sys

folder, left = os.environ["DIES_IN"], int(os.environ["DIES_AT"])
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT

def look(event, arguments):
    global left
    if event not in ("open", "os.rename", "os.remove") or not str(arguments[0]).startswith(folder):
        return
    if event != "open" or arguments[2] & WRITES:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(look)
from hivesync_agent.main import run

raise SystemExit(run())
"""
"""An agent that is killed just before it opens, renames or removes a file of its own for the n-th time."""


@dataclass(slots=True)
class Editor:
    """Changes things through one agent process after the other, and knows what was accepted."""

    accepted: list[str] = field(default_factory=list)
    keys: itertools.count[int] = field(default_factory=itertools.count)

    async def rename(self, http: aiohttp.ClientSession, url: str) -> None:
        key = f"k{next(self.keys)}"
        headers = {"Idempotency-Key": key}
        async with http.patch(url + PROJECT, json={"name": key}, headers=headers) as answer:
            if answer.status in (200, 202):
                self.accepted.append(key)


@contextlib.asynccontextmanager
async def signed_in(agent: AgentProcess) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of that agent; the agent ends as in a power cut, if it has not yet."""
    headers = {"X-HiveSync-Client": CLIENT, "Authorization": f"Bearer {agent.discovery.token}"}
    try:
        async with aiohttp.ClientSession(headers=headers) as http:
            login = {"login": EMAIL, "password": PASSWORD}
            async with http.post(f"{agent.discovery.url}/v1/session/login", json=login) as answer:
                assert answer.status == 200, await answer.text()
            yield http
    finally:
        agent.process.kill()
        await asyncio.to_thread(agent.process.communicate)


async def settled(http: aiohttp.ClientSession, url: str) -> None:
    """Wait until nothing waits any more."""

    async def is_settled() -> bool:
        async with http.get(f"{url}/v1/operations") as answer:
            page = await answer.json()
            return not page["items"] and not page["of_other_accounts"]

    await until(is_settled, deadline_seconds=60)


async def life(
    environment: Mapping[str, str], backend: FakeChanges, editor: Editor, program: str = AGENT
) -> bool:
    """Be signed in, change things offline and have them sent; tell whether the agent lived to see that."""
    try:
        agent = await asyncio.to_thread(start_agent_process, environment, program=program)
        async with signed_in(agent) as http:
            await backend.stop()
            for _ in range(CHANGES):
                await editor.rename(http, agent.discovery.url)
            await backend.start()
            await settled(http, agent.discovery.url)
            return True
    except (aiohttp.ClientError, AgentNotStarted):
        return False
    finally:
        await backend.stop()
        await backend.start()


def check(backend: FakeChanges, editor: Editor) -> None:
    """Everything that was accepted was done once and in order."""
    assert backend.doubled() == []
    assert [effect.key for effect in backend.effects if effect.key in editor.accepted] == editor.accepted


@pytest.fixture
def places(tmp_path: Path) -> Path:
    """A folder for agents whose session may lie in a file."""
    Preferences(plaintext_credentials=True).save(locations_in(tmp_path))
    return tmp_path


async def killed_at(step: int, folder: Path) -> bool:
    """Let one agent die at that step and another one go on; tell whether there was such a step."""
    Preferences(plaintext_credentials=True).save(locations_in(folder))
    backend, editor = FakeChanges(), Editor()
    await backend.start()
    try:
        environment = environment_in(folder, backend.url)
        dying = environment | {"DIES_IN": str(folder), "DIES_AT": str(step)}
        survived = await life(dying, backend, editor, DIES_AT_A_STEP)
        assert await life(environment, backend, editor)
        check(backend, editor)
        assert len(editor.accepted) >= CHANGES
        return not survived
    finally:
        await backend.stop()


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
async def test_killing_the_agent_at_each_step_on_disk_loses_and_doubles_nothing(tmp_path: Path) -> None:
    steps, at_once = itertools.count(1), 4
    killed = 0
    while True:
        batch = list(itertools.islice(steps, at_once))
        lives = (killed_at(step, tmp_path / str(step)) for step in batch)
        # Each to its end, even if another one fails: a start that is cancelled would leave its agent behind.
        ends = await asyncio.gather(*lives, return_exceptions=True)
        for failure in (end for end in ends if isinstance(end, BaseException)):
            raise failure
        killed += ends.count(True)
        if not all(ends):
            break
    # Log, discovery file, session, and for each change a new file, its name, and its removal.
    assert killed >= 5 + 3 * CHANGES


def dies_at_request(number: int, backend: FakeChanges, agent: AgentProcess) -> None:
    """Have the agent die when its n-th change has arrived; the backend does it all the same."""
    arrived = itertools.count(1)

    async def kill() -> None:
        if next(arrived) == number:
            agent.process.kill()
            await asyncio.to_thread(agent.process.wait)

    backend.on_change = kill


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
@pytest.mark.parametrize("number", [1, CHANGES])
async def test_killing_the_agent_while_the_backend_does_a_change_that_waited(
    backend: FakeChanges, places: Path, number: int
) -> None:
    environment, editor = environment_in(places, backend.url), Editor()
    agent = await asyncio.to_thread(start_agent_process, environment)
    async with signed_in(agent) as http:
        await backend.stop()
        for _ in range(CHANGES):
            await editor.rename(http, agent.discovery.url)
        dies_at_request(number, backend, agent)
        await backend.start()
        await asyncio.to_thread(agent.process.wait)
    assert await life(environment, backend, editor)
    check(backend, editor)
    assert len(editor.accepted) == 2 * CHANGES


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
async def test_killing_the_agent_while_the_backend_does_a_change_that_is_then_repeated(
    backend: FakeChanges, places: Path
) -> None:
    environment, editor = environment_in(places, backend.url), Editor()
    agent = await asyncio.to_thread(start_agent_process, environment)
    async with signed_in(agent) as http:
        dies_at_request(1, backend, agent)
        with pytest.raises(aiohttp.ClientError):
            await editor.rename(http, agent.discovery.url)
    editor.keys = itertools.count()
    agent = await asyncio.to_thread(start_agent_process, environment)
    async with signed_in(agent) as http:
        await editor.rename(http, agent.discovery.url)
    check(backend, editor)
    assert editor.accepted == ["k0"]


@contextlib.asynccontextmanager
async def program_after_a_kill(
    environment: Mapping[str, str], editor: Editor, backend: FakeChanges, places: Path
) -> AsyncIterator[AsyncClient]:
    """Give a program beside a killed agent that keeps one change; the backend is there again."""
    agent = await asyncio.to_thread(start_agent_process, environment)
    async with signed_in(agent) as http:
        await backend.stop()
        await editor.rename(http, agent.discovery.url)
    await backend.start()
    settings = Settings(server_url=backend.url)
    async with AsyncClient(settings=settings, locations=locations_in(places)) as program:
        yield program


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
async def test_a_program_that_repeats_what_a_killed_agent_keeps_gets_it_done_once(
    backend: FakeChanges, places: Path
) -> None:
    environment, editor = environment_in(places, backend.url), Editor()
    async with program_after_a_kill(environment, editor, backend, places) as program:
        body, headers = b'{"name": "k0"}', {"Idempotency-Key": "k0"}
        done = await program.request("PATCH", PROJECT, json=body, headers=headers)
        assert (done.status, done.mode) == (200, Mode.DIRECT)
    assert await life(environment, backend, editor)
    check(backend, editor)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
async def test_a_program_does_not_overtake_what_a_killed_agent_keeps(
    backend: FakeChanges, places: Path
) -> None:
    environment, editor = environment_in(places, backend.url), Editor()
    async with program_after_a_kill(environment, editor, backend, places) as program:
        with pytest.raises(Offline, match="hivesync agent start"):
            await program.request("PATCH", PROJECT, json={"name": "later"})
        assert (await program.request("PATCH", OTHER, json={"name": "other"})).mode is Mode.DIRECT
        assert (await program.request("GET", PROJECT)).mode is Mode.DIRECT
        agent = await asyncio.to_thread(start_agent_process, environment)
        async with signed_in(agent) as http:
            await settled(http, agent.discovery.url)
        done = await program.request("PATCH", PROJECT, json={"name": "later"})
        assert (done.status, done.mode) == (200, Mode.DIRECT)
    assert [effect.body["name"] for effect in backend.effects] == ["other", "k0", "later"]
