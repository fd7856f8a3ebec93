"""Put load on an URL and read off throughput and latency: by `wrk` if installed, else by our own client.

Own numbers are lower than wrk's (the client is the bottleneck), so runs of the two can't be compared.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import aiohttp
from hivesync_dev.paths import ROOT

from bench.pinned import pinned

_REPORT = Path(__file__).parent / "peers" / "report.lua"


class LoadFailed(Exception):
    """Requests failed, so that their speed means nothing."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one measurement gave."""

    requests_per_second: float
    megabytes_per_second: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Target:
    """What to ask for, and what every request carries."""

    url: str
    headers: Mapping[str, str]


def generator_name() -> str:
    """Name the load generator that will be used."""
    return "wrk" if shutil.which("wrk") else "bench.load"


def measure(target: Target, connections: int, seconds: float, core: int) -> Load:
    """Ask for the target over `connections` kept-open connections, and give the figures."""
    wrk = shutil.which("wrk")
    command = _wrk(wrk, target, connections, seconds) if wrk else _own(target, connections, seconds)
    result = subprocess.run(
        pinned(core, command), cwd=ROOT, capture_output=True, text=True, check=False, timeout=seconds + 30
    )
    if result.returncode != 0:
        raise LoadFailed(f"{target.url}: {result.stderr.strip() or result.stdout.strip()}")
    return Load(**json.loads(result.stdout.splitlines()[-1]))


def _wrk(wrk: str, target: Target, connections: int, seconds: float) -> list[str]:
    headers = [part for name, value in target.headers.items() for part in ("--header", f"{name}: {value}")]
    duration = f"{max(1, round(seconds))}s"
    sizes = ["--threads", "1", "--connections", str(connections), "--duration", duration]
    return [wrk, *sizes, *headers, "--script", str(_REPORT), target.url]


def _own(target: Target, connections: int, seconds: float) -> list[str]:
    arguments = json.dumps([target.url, dict(target.headers), connections, seconds])
    return [sys.executable, "-m", "bench.load", arguments]


async def run_own(target: Target, connections: int, seconds: float) -> Load:
    """Measure with aiohttp; raise `LoadFailed` for any answer but 200."""
    ends = time.perf_counter() + seconds
    latencies: list[float] = []
    size = 0

    async def one_connection(session: aiohttp.ClientSession) -> None:
        nonlocal size
        while (began := time.perf_counter()) < ends:
            async with session.get(target.url, headers=target.headers) as answer:
                size += len(await answer.read())
                if answer.status != 200:
                    raise LoadFailed(f"{target.url} answered {answer.status}")
            latencies.append((time.perf_counter() - began) * 1000)

    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:
        await asyncio.gather(*(one_connection(session) for _ in range(connections)))
    cuts = statistics.quantiles(latencies, n=100)
    return Load(len(latencies) / seconds, size / seconds / 1e6, cuts[49], cuts[98])


if __name__ == "__main__":
    _url, _headers, _connections, _seconds = json.loads(sys.argv[1])
    print(json.dumps(asdict(asyncio.run(run_own(Target(_url, _headers), _connections, _seconds)))))
