"""One gigabyte down and one up: direct, through the relay and through nginx; how far the agent grows.

Load and upstream share one core, the proxies have the other: the same for all, direct access included.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from hivesync_dev.stack.ports import any_free_port
from hivesync_dev.stack.runner import Runner

from bench.contenders import Contender, PeerMissing, PinnedAgent, PinnedPart, make_nginx, make_relay
from bench.cores import Cores
from bench.pinned import on_core

_BLOCK = bytes(256 * 1024)
_SAMPLE_SECONDS = 0.02


def measure_transfer(
    folder: Path, rounds: int, size_bytes: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """Alternate direct and relayed transfers; give MB/s, the ratios to direct, and the agent's growth."""
    folder.mkdir(parents=True)
    cores, port = Cores.of_this_machine(), any_free_port()
    command = [sys.executable, "-m", "bench.upstream", str(port)]
    with Runner() as runner:
        runner.start(PinnedPart("upstream", port, cores.upstream, command, folder))
        agent = make_relay(folder, cores.relay, port)
        runner.start(agent)
        contenders = [Contender("direct", f"http://127.0.0.1:{port}"), agent.contender()]
        try:
            nginx = make_nginx(folder, cores.relay, port)
        except PeerMissing as error:
            say(f"  nginx is left out: {error}")
        else:
            if nginx.part:
                runner.start(nginx.part)
            contenders.append(nginx)
        with on_core(cores.load):
            return asyncio.run(_alternate(contenders, agent, rounds, size_bytes, say))


async def _alternate(
    contenders: list[Contender], agent: PinnedAgent, rounds: int, size_bytes: int, say: Callable[[str], None]
) -> dict[str, Any]:
    seen: dict[str, dict[str, list[float]]] = {"down": {}, "up": {}}
    memory = Memory(psutil.Process(agent.child.pid))
    for contender in contenders:  # warm: the growth is that of transfers, not of the first import
        await _transfer(contender, "down", 1024 * 1024)
        await _transfer(contender, "up", 1024 * 1024)
    memory.begin()
    watching = asyncio.create_task(memory.watch())
    for number in range(rounds):
        say(f"  round {number + 1} of {rounds}")
        for direction, figures in seen.items():
            for contender in contenders:
                seconds = await _transfer(contender, direction, size_bytes)
                figures.setdefault(contender.name, []).append(size_bytes / seconds / 1e6)
    watching.cancel()
    speeds = {
        direction: {name: statistics.median(values) for name, values in figures.items()}
        for direction, figures in seen.items()
    }
    return {
        "size_megabytes": size_bytes / 1e6,
        "rounds": rounds,
        "megabytes_per_second": speeds,
        "ratio": {direction: found["relay"] / found["direct"] for direction, found in speeds.items()},
        "relay_to_nginx": {
            direction: found["relay"] / found["nginx"]
            for direction, found in speeds.items()
            if "nginx" in found
        },
        "memory_growth_megabytes": memory.growth_bytes / 1e6,
    }


class Memory:
    """The agent's resident memory: how far it ever went above where it began."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._before = self._peak = 0

    @property
    def growth_bytes(self) -> int:
        """Give the growth so far."""
        return self._peak - self._before

    def begin(self) -> None:
        """Start from what it is now."""
        self._before = self._peak = self._process.memory_info().rss

    async def watch(self) -> None:
        """Look often, until cancelled."""
        while True:
            self._peak = max(self._peak, self._process.memory_info().rss)
            await asyncio.sleep(_SAMPLE_SECONDS)


async def _transfer(contender: Contender, direction: str, size_bytes: int) -> float:
    bench = f"{contender.origin}/api/v1/bench"
    began = time.perf_counter()
    async with aiohttp.ClientSession(headers=contender.headers, read_bufsize=1024 * 1024) as http:
        if direction == "down":
            moved = 0
            async with http.get(f"{bench}/download", params={"bytes": size_bytes}) as answer:
                async for chunk in answer.content.iter_any():
                    moved += len(chunk)
        else:
            size = {"Content-Length": str(size_bytes)}
            async with http.put(f"{bench}/upload", data=_blocks(size_bytes), headers=size) as answer:
                moved = (await answer.json())["received"]
    if moved != size_bytes:
        raise RuntimeError(f"{contender.name}: {moved} of {size_bytes} bytes went {direction}")
    return time.perf_counter() - began


async def _blocks(size_bytes: int) -> AsyncIterator[bytes]:
    for _ in range(size_bytes // len(_BLOCK)):
        yield _BLOCK
