"""`python -m bench.report RESULTS.json …`: write docs/performance.md from measurements; says what missed.

What none of the files measured stays on the page as it was, so that the parts need not come from one run.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hivesync_dev.paths import ROOT

_PAGE = ROOT / "docs" / "performance.md"
_INTRODUCTION = """\
# Speed and memory

Written by `python -m bench.report` from `make bench`; do not edit. Only ratios of one run mean something:
absolute figures belong to the machine, and to what else ran on it. What each part measures stands in
[bench/README.md](../bench/README.md); what the backend's queries read, in [query-plans.md](query-plans.md).
*Load* is the load average before the run began; *short* means `BENCH_QUICK=1`.

| what | must | measured | | when, on what |
|---|---|---|---|---|
"""
_ROW = re.compile(r"^\| (?!what \|)([^|]+) \|.*\|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Row:
    """One promise, and what was measured."""

    what: str
    must: str
    measured: str
    kept: bool

    @property
    def cells(self) -> tuple[str, ...]:
        return self.what, self.must, self.measured, "yes" if self.kept else "**missed**"


def main() -> int:
    """Write the page."""
    if not sys.argv[1:]:
        print("Name at least one JSON file of bench/results/.", file=sys.stderr)
        return 2
    lines = {found[1]: found[0] for found in _ROW.finditer(_PAGE.read_text("utf-8"))}
    for name in sys.argv[1:]:
        lines |= _lines(json.loads(Path(name).read_text("utf-8")))
    _PAGE.write_text(_INTRODUCTION + "".join(f"{line}\n" for line in lines.values()), "utf-8")
    return 0


def _lines(results: dict[str, Any]) -> dict[str, str]:
    """Give the table's lines by what was measured."""
    machine = results["machine"]
    how = f"{results['at'][:10]}, {machine['cpus']} cores, load {machine.get('load', 'not recorded')}"
    how += ", short" if results["quick"] else ""
    return {row.what: f"| {' | '.join((*row.cells, how))} |" for row in _rows(results)}


def _rows(results: dict[str, Any]) -> Iterator[Row]:
    for part, rows in (
        ("relay", _relay),
        ("transfer", _transfer),
        ("agent", _agent),
        ("sdk", _sdk),
        ("network", _network),
        ("index", _index),
        ("previews", _previews),
        ("live", _live),
        ("phone", _phone),
        ("list", _list),
        ("login", _login),
        ("events", _events),
        ("growth", _growth),
        ("jobs", _jobs),
        ("worker_jobs", _worker_jobs),
        ("worker_memory", _worker_memory),
    ):
        if part in results:
            yield from rows(results[part])


def _relay(relay: dict[str, Any]) -> Iterator[Row]:
    ratios = relay["relay_ratio"]["throughput 1 KB × 16"]
    for peer, least in (("http-proxy", 2.0), ("mitmdump", 10.0)):
        if peer in ratios:
            yield _at_least(f"small GET × 16, relay ÷ {peer}", least, ratios[peer])
    latency = relay["medians"]["latency 1 KB × 1, p50"]
    if "nginx" in latency:
        added = latency["relay"] - latency["nginx"]
        yield _at_most("latency p50 beyond nginx's", 0.10, added, " ms")


def _events(events: dict[str, Any]) -> Iterator[Row]:
    yield _at_most(f"event to {events['listeners']:,} streams, p99", 200, events["users_p99_ms"], " ms")
    idle = f"{events['idle_streams']:,} idle streams"
    yield _at_most(idle, 400, events["idle_rss_megabytes"], " MB")


def _transfer(transfer: dict[str, Any]) -> Iterator[Row]:
    size = f"{transfer['size_megabytes']:,.0f} MB"
    for direction, ratio in transfer["ratio"].items():
        yield _at_least(f"{size} {direction}, relayed ÷ direct", 0.5, ratio)
    yield _at_most(f"growth in memory during {size}", 10, transfer["memory_growth_megabytes"], " MB")


def _agent(idle: dict[str, Any]) -> Iterator[Row]:
    yield _at_most("start to discovery file", 0.6, idle["start_to_discovery_seconds"], " s")
    yield _at_most("idle memory, four editors, no project", 50, idle["idle_rss_megabytes"], " MB")
    yield _at_most("idle CPU, four editors, no project", 0.1, idle["idle_cpu_percent"], " %")


def _sdk(sdk: dict[str, Any]) -> Iterator[Row]:
    yield _at_most("`import hivesync`", 150, sdk["import_package_ms"], " ms")
    yield _at_most("`from hivesync import Client`", 150, sdk["import_client_ms"], " ms")
    yield _at_most("a call by the SDK ÷ bare httpx", 1.3, sdk["call_ratio"])


def _network(network: dict[str, Any]) -> Iterator[Row]:
    far = f"TLS, {network['round_trip_ms']:.0f} ms away"
    yield _at_most(f"{far}: by the agent ÷ fresh direct", 0.4, network["action_ratio"])
    yield _at_most(f"{far}: a revalidated read", 1, network["revalidated_round_trips"], " round trips")
    added = network["agent_revalidated_ms"] - network["bare_round_trip_ms"]
    yield _at_most(f"{far}: a revalidated read beyond a bare round trip", 2, added, " ms")


def _index(index: dict[str, Any]) -> Iterator[Row]:
    size = f"{index['files']:,} files"
    yield _at_most(f"{size}, cold ÷ `sha256sum -P2`", 0.8, index["cold_ratio"])
    yield _at_most(f"{size} of 0.65 KB each, cold ÷ `sha256sum -P2`", 0.8, index["tiny_ratio"])
    yield _at_most(f"{size}, unchanged ÷ `git status`", 1.5, index["unchanged_ratio"])
    yield _at_most(f"{size}, one save under the watcher", 50, index["changed_milliseconds"], " ms")
    yield _at_most("memory, 50,000 files watched, four editors", 50, index["watched_rss_megabytes"], " MB")
    yield _at_most("CPU, 50,000 files watched, four editors", 0.1, index["watched_cpu_percent"], " %")


def _previews(previews: dict[str, Any]) -> Iterator[Row]:
    for name, seconds in previews["samples"].items():
        yield _at_most(f"first preview ÷ `vite build` {previews['vite']}, {name}", 1.5, seconds["ratio"])


def _live(live: dict[str, Any]) -> Iterator[Row]:
    what = f"a save until it is on the page, live preview of {live['files']} files"
    yield _at_most(f"{what}, p50", 60, live["near_p50_ms"], " ms")
    yield _at_most(f"{what}, p95", 120, live["near_p95_ms"], " ms")
    yield _at_most(f"{what} ÷ the HMR of vite {live['vite']}", 1, live["ratio"])
    yield _at_most("what a save of one file sends ÷ that file", 2, live["sent_ratio"])
    yield _at_most("a changed file in the room, p50", 60, live["room_p50_ms"], " ms")
    added = live["far_p50_ms"] - live["near_p50_ms"]
    far = f"{live['round_trip_ms']:.0f} ms away"
    yield _at_most(f"{what}: added by {far}, p50", live["round_trip_ms"], added, " ms")


def _phone(seen: dict[str, Any]) -> Iterator[Row]:
    device = f"phone page, processor {seen['slower']} × slower"
    yield _at_most(f"{device}: first paint ÷ that of a page of one line", 2, seen["paint_ratio"])
    for when, what in (("ready", "opened when ready"), ("early", "opened while it is built")):
        yield _at_most(f"{device}: layout shift in thousandths, {what}", 10, seen[when]["shift"] * 1000, "")


def _list(listed: dict[str, Any]) -> Iterator[Row]:
    what = f"authenticated list of {listed['tasks']} tasks ÷ the same by bare FastAPI and SQLAlchemy"
    yield _at_least(what, 0.7, listed["ratio"])


def _login(login: dict[str, Any]) -> Iterator[Row]:
    what = f"p99 of a health call while {login['people']} people sign in ÷ alone"
    yield _at_most(what, 5, login["ratio"])


def _growth(growth: dict[str, Any]) -> Iterator[Row]:
    for kind, figures in growth["kinds"].items():
        yield _at_most(f"p99 of {kind}: {growth['many']:,} rows ÷ {growth['few']:,}", 1.5, figures["ratio"])


def _jobs(jobs: dict[str, Any]) -> Iterator[Row]:
    yield _at_most("job accepted → signed POST, p50", 50, jobs["accepted_p50_ms"], " ms")


def _worker_jobs(worker: dict[str, Any]) -> Iterator[Row]:
    sent = f"{worker['jobs']} jobs at once"
    yield _at_least(f"{sent}: ended well", 1, worker["succeeded"] / worker["jobs"])
    yield _at_most(f"{sent}: told twice", 0, worker["reported_twice"], "")
    yield _at_most(f"{sent}: Premium's p50 wait ÷ Free's", 1 / 3, worker["premium_to_free"])


def _worker_memory(builder: dict[str, Any]) -> Iterator[Row]:
    most = max(builder["first_half_max"], builder["second_half_max"])
    yield _at_most(f"builder memory over {builder['builds']} builds", 100, most, " MB")
    growth = builder["second_half_max"] / builder["first_half_max"]
    yield _at_most("builder memory, second half of them ÷ first", 1.1, growth)


def _at_least(what: str, least: float, measured: float) -> Row:
    return Row(what, f"≥ {least:g} ×", f"{measured:.2f} ×", measured >= least)


def _at_most(what: str, most: float, measured: float, unit: str = " ×") -> Row:
    return Row(what, f"≤ {most:.3g}{unit}", f"{measured:.2f}{unit}", measured <= most)


if __name__ == "__main__":
    raise SystemExit(main())
