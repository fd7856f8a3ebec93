"""One run: rounds of crowding and of faults while two users change things, then the count."""

from __future__ import annotations

import asyncio
import time

from bench.soak.server.audit import audit, let_time_pass
from bench.soak.server.changes import Changes
from bench.soak.server.faults import FAULTS
from bench.soak.server.reporting import Reports
from bench.soak.server.stage import Stage

_CROWD = 6
"""Programs of each user that change the same tasks at once."""


async def soak(
    stage: Stage, seconds: float, crowded_seconds: float, stopping: asyncio.Event | None = None
) -> list[str]:
    """Run for about as long, each fault at least once, or until it is stopped; give all that went wrong."""
    stopping, reports, over = stopping or asyncio.Event(), Reports(stage), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        helping = [group.create_task(reports.run())]
        working = [group.create_task(_work(who, over)) for who in stage.everybody]
        await _disturb(stage, seconds, crowded_seconds, stopping)
        over.set()
        stage.progress.turn_to("waiting for what is under way")
        helping.append(group.create_task(_keep_time_passing(stage)))
        await asyncio.wait(working)
        for who in (*(who.client for who in stage.everybody), stage.lives.admin):
            await who.sign_in()
        wrong = await audit(stage, reports)
        for task in helping:
            task.cancel()
    return wrong


async def _disturb(stage: Stage, seconds: float, crowded_seconds: float, stopping: asyncio.Event) -> None:
    """Make rounds; the first is made to its end unless someone stops it."""
    ends, is_first = time.monotonic() + seconds, True
    while is_first or time.monotonic() < ends:
        stage.progress.turn_to("a crowd at the same tasks")
        await _crowd(stage, crowded_seconds, stopping)
        for fault in stage.chance.sample(FAULTS, len(FAULTS)):
            if stopping.is_set() or (not is_first and time.monotonic() > ends):
                return
            stage.progress.turn_to_fault(fault.__name__.replace("_", " "))
            await fault(stage)
            await asyncio.sleep(0.3)
        is_first = False


async def _work(who: Changes, over: asyncio.Event) -> None:
    """Change something now and then."""
    chance, number = who.client.chance, 0
    while not over.is_set():
        number += 1
        await chance.choice(who.kinds)(f"{who.client.user}-{number}")
        await asyncio.sleep(chance.uniform(0.05, 0.3))


async def _crowd(stage: Stage, seconds: float, stopping: asyncio.Event) -> None:
    """Have many change the same few tasks in any order, as fast as they can: where deadlocks would be."""
    ends = time.monotonic() + seconds

    async def press(who: Changes, name: str) -> None:
        number = 0
        while time.monotonic() < ends and not stopping.is_set():
            number += 1
            change = who.client.chance.choice([who.patch, who.batch, who.batch, who.comment, who.task])
            await change(f"{who.client.user}-{name}-{number}")

    names = [f"crowd-{stage.chance.getrandbits(40):x}" for _ in range(_CROWD)]
    await asyncio.gather(*(press(who, name) for who in stage.everybody for name in names))


async def _keep_time_passing(stage: Stage) -> None:
    """Leases and pauses are minutes long; at the end nobody wants to wait for them."""
    while True:
        await let_time_pass(stage)
        await asyncio.sleep(5)
