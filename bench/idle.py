"""What the agent costs while four editors are connected and nobody types, and how soon it can be found."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from hivesync_dev.stack.agent import Agent, AgentSettings
from hivesync_dev.stack.ports import any_free_port
from hivesync_dev.stack.processes import session_pids
from hivesync_dev.stack.runner import Runner

from bench.editors import connected_editors

_POLL_SECONDS = 0.002
_SETTLE_SECONDS = 2.0


def measure_idle(folder: Path, starts: int, seconds: float, say: Callable[[str], None]) -> dict[str, Any]:
    """Start the agent several times, then watch the last one doing nothing: alone, and with editors."""
    settings = AgentSettings(folder / "agent", folder / "agent.log", f"http://127.0.0.1:{any_free_port()}")
    with Runner() as runner:
        found_after = []
        for _ in range(starts):
            agent = Agent(settings)
            found_after.append(_start_and_find(agent, runner))
            if len(found_after) < starts:
                agent.stop()
        say(f"  watching the idle agent for {seconds:.0f} s, and again with editors")
        alone = _watch(agent, seconds)
        with connected_editors(agent.discovery()):
            return {
                "start_to_discovery_seconds": statistics.median(found_after),
                "starts": starts,
                "alone_rss_megabytes": alone["idle_rss_megabytes"],
                **_watch(agent, seconds),
            }


def _start_and_find(agent: Agent, runner: Runner) -> float:
    """Give the seconds from the start of the process to its discovery file."""
    path = agent.settings.discovery_path
    began = time.perf_counter()
    agent.start()
    while not path.exists():
        agent.child.check_running()
        time.sleep(_POLL_SECONDS)
    found = time.perf_counter() - began
    runner.adopt(agent)
    return found


def _watch(agent: Agent, seconds: float) -> dict[str, float]:
    time.sleep(_SETTLE_SECONDS)
    processes = [psutil.Process(pid) for pid in session_pids(agent.child.pid)]
    cpu_before, began = sum(map(_cpu_seconds, processes)), time.perf_counter()
    time.sleep(seconds)
    elapsed = time.perf_counter() - began
    used = sum(map(_cpu_seconds, processes)) - cpu_before
    return {
        "idle_rss_megabytes": sum(process.memory_info().rss for process in processes) / 1e6,
        "idle_cpu_percent": used / elapsed * 100,
        "watched_seconds": elapsed,
    }


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
