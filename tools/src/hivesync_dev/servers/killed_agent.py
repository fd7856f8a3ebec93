"""The SDK under load while its agent is killed again and again; and what became of every call.

Backend and agent are real, each a process of its own; the session lies in a file that both ways share.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from hivesync import AsyncClient, HiveSyncError, Locations, Mode, Settings
from hivesync.preferences import Preferences
from hivesync_contract.identity import Tier

from hivesync_dev.servers.agent_nursery import Nursery
from hivesync_dev.servers.agents import environment_in, locations_in
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.waiting import holds

_PLENTY = {"requests_per_minute": 1_000_000}
_WORKERS = 6
_LIVES_SECONDS = (0.0, 0.15)
_ANSWERS_FIRST = 0.7
_ANSWERS_SECONDS = 2.0
_TASKS = "/api/v1/projects/{}/tasks"


@dataclass(frozen=True, slots=True)
class Machine:
    """A signed-in user's machine, on which no agent runs yet."""

    folder: Path
    server_url: str
    project_id: str

    @property
    def locations(self) -> Locations:
        """Give its folders."""
        return locations_in(self.folder)

    @property
    def environ(self) -> dict[str, str]:
        """Give the environment of its programs."""
        return environment_in(self.folder, self.server_url)

    def client(self) -> AsyncClient:
        """Give a client as a program on this machine has one."""
        return AsyncClient(settings=Settings(self.server_url), locations=self.locations)


@dataclass(slots=True)
class Record:
    """What was asked for and what came of it. `created` counts titles as the backend lists them."""

    kills: int = 0
    answered: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    ways: Counter[Mode] = field(default_factory=Counter)
    created: Counter[str] = field(default_factory=Counter)

    @property
    def lost(self) -> list[str]:
        """Give what was answered as done and is not there."""
        return [title for title in self.answered if not self.created[title]]

    @property
    def doubled(self) -> list[str]:
        """Give what was done more than once."""
        return [title for title, times in self.created.items() if times > 1]


@asynccontextmanager
async def signed_in_machine(folder: Path) -> AsyncIterator[Machine]:
    """Start a backend and sign a user in, whose session lies in a file."""
    backend = BackendProcess.alone(folder / "data")
    limits = {"TIER_LIMITS": json.dumps({Tier.PREMIUM.value: _PLENTY})}
    backend = BackendProcess({**backend.environ, **limits})
    await backend.start()
    try:
        async with backend.client() as http:
            user = await BackendUser(http, "ada").sign_up()
            machine = Machine(folder, backend.url, await user.project("Trailbook"))
        Preferences(plaintext_credentials=True).save(machine.locations)
        async with machine.client() as client:
            await client.sign_in.with_password("ada", PASSWORD)
        yield machine
    finally:
        await backend.stop()


async def outlive(machine: Machine, kills: int, seed: str, *, seconds: float = math.inf) -> Record:
    """Make calls without pause while an agent comes up and is killed so many times, then count.

    After so many seconds no further agent is started.
    """
    end = monotonic() + seconds
    record, over = Record(), asyncio.Event()
    chance = random.Random(seed)  # noqa: S311 - chooses moments, no secrets
    async with machine.client() as client:
        async with asyncio.TaskGroup() as group:
            for number in range(_WORKERS):
                group.create_task(_work(client, machine.project_id, number, record, over))
            try:
                with Nursery(machine.environ) as nursery:
                    while record.kills < kills and monotonic() < end:
                        await _live_and_die(nursery, chance, record)
                        record.kills += 1
            finally:
                over.set()
        async for task in client.projects.tasks(machine.project_id).list():
            record.created[task.title] += 1
    return record


async def _live_and_die(nursery: Nursery, chance: random.Random, record: Record) -> None:
    """Kill an agent at any moment after its start, or soon after it has answered a call."""
    pid = await asyncio.to_thread(nursery.start)
    before = record.ways[Mode.PROXY]
    if chance.random() < _ANSWERS_FIRST:
        with contextlib.suppress(TimeoutError):
            await holds(lambda: record.ways[Mode.PROXY] > before, deadline_seconds=_ANSWERS_SECONDS)
    await asyncio.sleep(chance.uniform(*_LIVES_SECONDS))
    os.kill(pid, signal.SIGKILL)


async def _work(
    client: AsyncClient, project_id: str, worker: int, record: Record, over: asyncio.Event
) -> None:
    number = 0
    while not over.is_set():
        number += 1
        title = f"{worker}-{number}"
        try:
            answer = await client.request("POST", _TASKS.format(project_id), json={"title": title})
            answer.raise_for_status()
        except HiveSyncError as exc:
            record.failures.append(f"{title}: {type(exc).__name__}: {exc}")
            continue
        record.answered.append(title)
        record.ways[answer.mode] += 1
