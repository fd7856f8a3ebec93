"""What the API costs beyond its queries: a list of 50 tasks, and a bare endpoint that answers the same.

One process each, on one core, on Postgres; ours asks who it is, whether he may, and counts him in Redis.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
from hivesync_dev.paths import ROOT
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.postgres import PostgresServer
from hivesync_dev.servers.redis import RedisServer
from hivesync_server.migrations import configured
from hivesync_server.settings import load

from bench.cores import Cores
from bench.load import Load, Target, measure
from bench.pinned import on_core, pinned

TASKS = 50
_CONNECTIONS = 8
_NO_LIMIT = json.dumps({"premium": {"requests_per_minute": 100_000_000}})
_TEXT = "The list jumps when a row is removed while the user scrolls; see the recording. " * 4


def measure_list(folder: Path, rounds: int, seconds: float, say: Callable[[str], None]) -> dict[str, Any]:
    """Give both servers' figures for the same list, in alternating rounds, and the ratio of throughputs."""
    return asyncio.run(_measure(folder, rounds, seconds, say))


async def _measure(folder: Path, rounds: int, seconds: float, say: Callable[[str], None]) -> dict[str, Any]:
    cores = Cores.of_this_machine()
    with PostgresServer() as postgres, RedisServer() as redis:
        url = postgres.url(postgres.create_database())
        await configured.migrate(load({"DATABASE_URL": url, "HIVESYNC_DATA_DIR": str(folder)}))
        shared = {"DATABASE_URL": url, "REDIS_URL": redis.url, "TIER_LIMITS": _NO_LIMIT, "LOG_LEVEL": "INFO"}
        backend = BackendProcess({**BackendProcess.alone(folder).environ, **shared})
        with on_core(cores.relay):
            await backend.start()
        try:
            ours = await _filled(backend)
            with _bare(url, cores.relay) as port:
                path = ours.url.split("/api/v1")[1]
                bare = Target(f"http://127.0.0.1:{port}{path}", {})
                _compare(ours, bare)
                measured = _rounds(ours, bare, rounds, seconds, cores.load, say)
        finally:
            await backend.stop()
    return _summary(measured)


async def _filled(backend: BackendProcess) -> Target:
    """Make a project of 50 tasks with labels and dependencies, and give what lists it."""
    async with backend.client() as client:
        user = await BackendUser(client, "ann").sign_up()
        project = f"/api/v1/projects/{await user.project()}"
        labels = [
            (await client.post(f"{project}/labels", json={"name": name, "color": "#336699"})).json()["id"]
            for name in ("bug", "phone", "later")
        ]
        before = None
        for number in range(TASKS):
            body = {"title": f"Task {number}", "description": _TEXT, "label_ids": labels[: number % 4]}
            answer = await client.post(f"{project}/tasks", json=body)
            answer.raise_for_status()
            task = answer.json()["id"]
            if before and number % 5 == 0:
                (await client.put(f"{project}/tasks/{task}/dependencies/{before}")).raise_for_status()
            before = task
        headers = {"Authorization": client.headers["Authorization"]}
    return Target(f"{backend.url}{project}/tasks?limit={TASKS}", headers)


@contextlib.contextmanager
def _bare(postgres_url: str, core: int) -> Iterator[int]:
    command = pinned(core, [sys.executable, "-m", "bench.peers.bare_list", postgres_url])
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def _compare(ours: Target, bare: Target) -> None:
    lists = [
        httpx.get(target.url, headers=dict(target.headers), timeout=30).json() for target in (ours, bare)
    ]
    assert lists[0] == lists[1], "the two answer differently"
    assert len(lists[0]["items"]) == TASKS


def _rounds(
    ours: Target, bare: Target, rounds: int, seconds: float, core: int, say: Callable[[str], None]
) -> list[tuple[Load, Load]]:
    measured = []
    for number in range(1, rounds + 1):
        pair = tuple(measure(target, _CONNECTIONS, seconds, core) for target in (ours, bare))
        measured.append((pair[0], pair[1]))
        ours_speed, bare_speed = (load.requests_per_second for load in measured[-1])
        say(f"  round {number}: {ours_speed:.0f}, bare {bare_speed:.0f} requests a second")
    return measured


def _summary(measured: list[tuple[Load, Load]]) -> dict[str, Any]:
    median: dict[str, dict[str, float]] = {}
    for place, name in enumerate(("hivesync", "bare")):
        loads = [asdict(pair[place]) for pair in measured]
        median[name] = {key: statistics.median(load[key] for load in loads) for key in loads[0]}
    ratios = [ours.requests_per_second / bare.requests_per_second for ours, bare in measured]
    return {"tasks": TASKS, "rounds": len(measured), "medians": median, "ratio": statistics.median(ratios)}
