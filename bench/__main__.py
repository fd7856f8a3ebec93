"""`make bench`: all measurements, as a table and as JSON in bench/results/. BENCH_QUICK=1 is short.

`python -m bench relay transfer network agent events login growth` runs only the parts that are named.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from bench.events import measure_events
from bench.idle import measure_idle
from bench.index import measure_index, measure_tiny, measure_watching
from bench.jobs import measure_jobs
from bench.lists import measure_list
from bench.live import measure_live
from bench.login import measure_login
from bench.network import measure_network
from bench.phone import measure_phone
from bench.previews import measure_previews
from bench.relay import compare
from bench.sdk import measure_sdk
from bench.server_growth import measure_growth
from bench.switch import measure_switch
from bench.table import table
from bench.transfer import measure_transfer
from bench.worker_jobs import measure_worker_jobs
from bench.worker_memory import measure_worker_memory

_LISTENERS = 1_000
_RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure."""

    rounds: int
    load_seconds: float
    starts: int
    idle_seconds: float
    previews: int
    calls: int
    transfers: int
    transfer_bytes: int
    index_rounds: int
    indexed_files: int = 100_000
    watched_files: int = 50_000
    stored_rows: int = 1_000_000
    growth_calls: int = 200
    event_rounds: int = 20
    idle_streams: int = 10_000
    jobs: int = 200
    live_saves: int = 30
    jobs_at_once: int = 100
    phone_visits: int = 9


FULL = Effort(
    rounds=5,
    load_seconds=4,
    starts=7,
    idle_seconds=15,
    previews=7,
    calls=40,
    transfers=3,
    transfer_bytes=1024**3,
    index_rounds=5,
)
QUICK = Effort(
    rounds=2,
    load_seconds=1,
    starts=3,
    idle_seconds=10,
    previews=2,
    calls=8,
    transfers=3,
    transfer_bytes=256 * 1024**2,
    index_rounds=3,
    event_rounds=5,
    idle_streams=4_000,
    stored_rows=50_000,
    growth_calls=100,
    jobs=40,
    live_saves=12,
    phone_visits=3,
)


def main() -> int:
    """Measure, print the table, keep the JSON."""
    effort = QUICK if os.environ.get("BENCH_QUICK", "0") not in ("", "0") else FULL
    with tempfile.TemporaryDirectory(prefix="hivesync-bench-") as name:
        results = _measure(Path(name), effort, sys.argv[1:])
    print(table(results))
    print(f"\n{_keep(results)}")
    return 0


def _measure(folder: Path, effort: Effort, wanted: list[str]) -> dict[str, Any]:
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "relay": lambda: compare(folder / "relay", effort.rounds, effort.load_seconds, _say),
        "transfer": lambda: measure_transfer(
            folder / "transfer", effort.transfers, effort.transfer_bytes, _say
        ),
        "network": lambda: measure_network(folder / "network", effort.calls, _say),
        "agent": lambda: measure_idle(folder / "idle", effort.starts, effort.idle_seconds, _say),
        "sdk": lambda: measure_sdk(folder / "sdk", effort.rounds, _say),
        "index": lambda: (
            measure_index(folder / "index", effort.indexed_files, effort.index_rounds, _say)
            | measure_tiny(folder / "index", effort.indexed_files, effort.index_rounds, _say)
            | measure_watching(folder / "index", effort.watched_files, effort.idle_seconds, _say)
            | measure_switch(folder / "index", effort.watched_files, _say)
        ),
        "events": lambda: measure_events(
            folder / "events", _LISTENERS, effort.idle_streams, effort.event_rounds, _say
        ),
        "jobs": lambda: measure_jobs(folder / "jobs", effort.jobs, _say),
        "worker_jobs": lambda: measure_worker_jobs(folder / "worker_jobs", effort.jobs_at_once, _say),
        "worker_memory": lambda: measure_worker_memory(_say),
        "previews": lambda: measure_previews(folder / "previews", effort.previews, _say),
        "live": lambda: measure_live(folder / "live", effort.live_saves, _say),
        "phone": lambda: measure_phone(folder / "phone", effort.phone_visits, _say),
        "list": lambda: measure_list(folder / "list", effort.rounds, effort.load_seconds, _say),
        "login": lambda: measure_login(folder / "login", effort.rounds, effort.load_seconds, _say),
        "growth": lambda: measure_growth(folder / "growth", effort.stored_rows, effort.growth_calls, _say),
    }
    results: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": effort is QUICK,
        "machine": {
            "cpus": os.cpu_count(),
            "load": round(psutil.getloadavg()[0], 2),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
    }
    for part, run in parts.items():
        if not wanted or part in wanted:
            _say(f"Measuring: {part}")
            results[part] = run()
    return results


def _keep(results: dict[str, Any]) -> Path:
    _RESULTS.mkdir(exist_ok=True)
    path = _RESULTS / f"{results['at'].replace(':', '').replace('+0000', 'Z')}.json"
    path.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return path.relative_to(_RESULTS.parent.parent)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
