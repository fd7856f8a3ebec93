"""The index of a project of small files, beside what the same files cost other tools; and a watched project.

The files are as large as source files are: half of them below 2.7 KB, a tenth above 7.5 KB. Cold: everything
is hashed, beside `sha256sum` in two processes. Unchanged: nothing is, beside `git status`. Contenders take
turns. Tiny files, where opening costs more than hashing, are the worst case and measured for themselves. The
watched project is that of a real agent, signed in to a backend of the tests.
"""

from __future__ import annotations

import asyncio
import math
import os
import random
import statistics
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from hivesync_agent.projects.index.service import Changes, Indexes, ProjectIndex
from hivesync_agent.projects.root import Roots
from hivesync_agent.projects.watch.watch import Watch
from hivesync_contract.local_projects import WatchMode
from hivesync_dev.servers.agents import AgentProcess, environment_in, start_agent_process
from hivesync_dev.servers.fake_previews import FakePreviews

from bench.editors import connected_editors

_IN_FOLDER = 100
_MEDIAN_BYTES = 2_700
_SPREAD = 0.8
"""Of the sizes' logarithms. Both are those of this repository's Python and TypeScript files."""

_TINY_BYTES = 650

_SETTLE_SECONDS = 2.5
"""Longer than what counts as changed just now, which is hashed twice."""


def measure_index(folder: Path, files: int, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Make a repository of small files and measure all of the above."""
    root = folder / "repository"
    _make_files(root, files)
    _git(root, "init", "-q")
    _git(root, "add", "-A")
    time.sleep(_SETTLE_SECONDS)
    figures: dict[str, list[float]] = {name: [] for name in ("cold", "sha256sum", "unchanged", "git_status")}
    for number in range(rounds):
        say(f"  round {number + 1} of {rounds}")
        figures["sha256sum"].append(_timed(lambda: _sha256sum(root)))
        index = _index(folder / f"index-{number}", root)
        figures["cold"].append(_timed(partial(_refresh, index)))
        figures["git_status"].append(_timed(lambda: _git(root, "status", "--porcelain")))
        figures["unchanged"].append(_timed(partial(_refresh, index)))
    medians = {f"{name}_seconds": statistics.median(values) for name, values in figures.items()}
    return {
        "files": files,
        **medians,
        "cold_ratio": medians["cold_seconds"] / medians["sha256sum_seconds"],
        "unchanged_ratio": medians["unchanged_seconds"] / medians["git_status_seconds"],
        "changed_milliseconds": 1000 * asyncio.run(_until_told(index, root / "p0" / "f0.ts", rounds * 3)),
    }


def measure_tiny(folder: Path, files: int, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure the cold index of tiny files of one size."""
    root = folder / "tiny"
    _make_files(root, files, _TINY_BYTES, 0)
    sha256sum, cold = [], []
    for number in range(rounds):
        say(f"  tiny files, round {number + 1} of {rounds}")
        sha256sum.append(_timed(lambda: _sha256sum(root)))
        cold.append(_timed(partial(_refresh, _index(folder / f"tiny-{number}", root))))
    return {"tiny_ratio": statistics.median(cold) / statistics.median(sha256sum)}


def measure_watching(folder: Path, files: int, seconds: float, say: Callable[[str], None]) -> dict[str, Any]:
    """Give memory and CPU of an agent that watches a project in which nothing happens."""
    root = folder / "watched"
    _make_files(root, files)
    return asyncio.run(_watched(folder, root, seconds, say))


async def _watched(folder: Path, root: Path, seconds: float, say: Callable[[str], None]) -> dict[str, Any]:
    backend = FakePreviews()
    await backend.start()
    environment = environment_in(folder / "agent", backend.url)
    environment["HIVESYNC_TOKEN"] = str(backend.identity.sign_in()["access_token"])
    agent = await asyncio.to_thread(start_agent_process, environment)
    try:
        say(f"  watching {root.name} for {seconds:.0f} s")
        await _link(agent, root)
        return await asyncio.to_thread(_cost_with_editors, agent, seconds)
    finally:
        agent.process.terminate()
        await asyncio.to_thread(agent.process.communicate)
        await backend.stop()


def _cost_with_editors(agent: AgentProcess, seconds: float) -> dict[str, float]:
    process = psutil.Process(agent.process.pid)
    with connected_editors(agent.discovery):
        before, began = process.cpu_times(), time.perf_counter()
        time.sleep(seconds)
        after, elapsed = process.cpu_times(), time.perf_counter() - began
        used = (after.user + after.system) - (before.user + before.system)
        return {
            "watched_rss_megabytes": process.memory_info().rss / 1e6,
            "watched_cpu_percent": 100 * used / elapsed,
        }


async def _link(agent: AgentProcess, root: Path) -> None:
    headers = {"X-HiveSync-Client": "bench/1", "Authorization": f"Bearer {agent.discovery.token}"}
    url = f"{agent.discovery.url}/v1/projects"
    async with aiohttp.ClientSession(headers=headers) as http:
        async with http.post(url, json={"path": str(root)}) as answer:
            answer.raise_for_status()
        while True:
            async with http.get(url) as answer:
                (project,) = (await answer.json())["items"]
            if project["watch"]["mode"] == WatchMode.EVENTS:
                break
            await asyncio.sleep(0.2)
    await asyncio.sleep(3)  # the last look at what was saved meanwhile


async def _until_told(index: ProjectIndex, file: Path, rounds: int) -> float:
    """Give the median time from a save to the moment when the index has its new hash."""
    told = asyncio.Event()

    def changed(_: Changes) -> None:
        told.set()

    watch = Watch(index, changed)
    task = asyncio.create_task(watch.run())
    while watch.state.mode is not WatchMode.EVENTS:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    await asyncio.sleep(2)
    taken = []
    for number in range(rounds):
        told.clear()
        began = time.perf_counter()
        file.write_text(f"export const changed = {number};\n")  # noqa: ASYNC240 - it is what is measured
        await told.wait()
        taken.append(time.perf_counter() - began)
        await asyncio.sleep(0.2)
    task.cancel()
    await asyncio.wait((task,))
    return statistics.median(taken)


def _refresh(index: ProjectIndex) -> None:
    asyncio.run(index.refresh())


def _index(folder: Path, root: Path) -> ProjectIndex:
    roots = Roots(Path.home())
    return Indexes(folder, roots).of(roots.find_folder(str(root)))


def _make_files(root: Path, files: int, median_bytes: float = _MEDIAN_BYTES, spread: float = _SPREAD) -> None:
    dice = random.Random(files)
    for number in range(files):
        folder = root / f"p{number // _IN_FOLDER}"
        if number % _IN_FOLDER == 0:
            folder.mkdir(parents=True)
        size = int(dice.lognormvariate(math.log(median_bytes), spread))
        line = f"export const value{number} = {number};\n"
        (folder / f"f{number % _IN_FOLDER}.ts").write_text((line * (size // len(line) + 1))[:size])


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _sha256sum(root: Path) -> None:
    command = "find . -path ./.git -prune -o -type f -print0 | xargs -0 -P2 sha256sum"
    subprocess.run(["sh", "-c", command], cwd=root, stdout=subprocess.DEVNULL, check=True)


def _git(root: Path, *arguments: str) -> None:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    command = ["git", "-C", str(root), *arguments]
    subprocess.run(command, stdout=subprocess.DEVNULL, env=environment, check=True)
