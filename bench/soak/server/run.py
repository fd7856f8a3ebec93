"""One run: rounds of crowding and of faults while two users change things, then the count."""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
from pathlib import Path

from hivesync_dev.servers.s3 import S3Server

from bench.soak.server.asking import Ledger
from bench.soak.server.audit import audit, let_time_pass
from bench.soak.server.changes import Changes
from bench.soak.server.faults import FAULTS
from bench.soak.server.reporting import Reports
from bench.soak.server.stage import Stage, stage

_CROWD = 6
"""Programs of each user that change the same tasks at once."""


async def soak(stage: Stage, seconds: float, crowded_seconds: float) -> list[str]:
    """Run for about as long, each fault at least once; give all that went wrong."""
    reports, over = Reports(stage), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        helping = [group.create_task(reports.run())]
        working = [group.create_task(_work(who, over)) for who in stage.everybody]
        ends = time.monotonic() + seconds
        while True:
            await _crowd(stage, crowded_seconds)
            for fault in stage.chance.sample(FAULTS, len(FAULTS)):
                await fault(stage)
                await asyncio.sleep(0.3)
            if time.monotonic() > ends:
                break
        over.set()
        helping.append(group.create_task(_keep_time_passing(stage)))
        await asyncio.wait(working)
        for who in stage.everybody:
            await who.client.sign_in()
        wrong = await audit(stage, reports)
        for task in helping:
            task.cancel()
    return wrong


async def _work(who: Changes, over: asyncio.Event) -> None:
    """Change something now and then."""
    chance, number = who.client.chance, 0
    while not over.is_set():
        number += 1
        await chance.choice(who.kinds)(f"{who.client.user}-{number}")
        await asyncio.sleep(chance.uniform(0.05, 0.3))


async def _crowd(stage: Stage, seconds: float) -> None:
    """Have many change the same few tasks in any order, as fast as they can: where deadlocks would be."""
    ends = time.monotonic() + seconds

    async def press(who: Changes, name: str) -> None:
        number = 0
        while time.monotonic() < ends:
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


def summary(ledger: Ledger) -> str:
    """Say what was accepted."""
    counts = {kind: len(ids) for kind, ids in ledger.names.items()}
    counts["changes of tasks"] = ledger.task_changes.total()
    return f"{len(ledger.asked)} requests accepted, {counts}; refusals {dict(ledger.refusals)}"


def main() -> int:
    """Run, report, give the exit code."""
    seconds = float(os.environ.get("SOAK_SECONDS", "1800"))
    seed = os.environ.get("SOAK_SEED") or f"{random.randrange(10**6)}"
    print(
        f"Soaking two servers for {seconds:.0f} s; SOAK_SEED={seed} repeats the order of events.", flush=True
    )

    async def run() -> list[str]:
        with tempfile.TemporaryDirectory(prefix="hivesync-soak-") as folder, S3Server() as s3:
            async with stage(Path(folder), s3, seed) as running:
                wrong = await soak(running, seconds, crowded_seconds=min(30, seconds / 4))
                print(summary(running.ledger), flush=True)
                return wrong

    wrong = asyncio.run(run())
    for each in wrong:
        print(f"WRONG {each}")
    print("Nothing was lost, and nothing was done twice." if not wrong else f"{len(wrong)} things are wrong.")
    return 1 if wrong else 0
