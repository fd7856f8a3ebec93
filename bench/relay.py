"""Compare the relay with direct access and with its peers, in alternating rounds of one run."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hivesync_dev.stack.runner import Runner

from bench.contenders import (
    Contender,
    PeerMissing,
    make_http_proxy,
    make_mitmdump,
    make_nginx,
    make_relay,
    make_upstream,
)
from bench.cores import Cores
from bench.load import Load, Target, generator_name, measure

_PEERS: dict[str, Callable[[Path, int, int], Contender]] = {
    "nginx": make_nginx,
    "http-proxy": make_http_proxy,
    "mitmdump": make_mitmdump,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One kind of measurement. `value` reads the number that counts from a load's result."""

    name: str
    path: str
    connections: int
    unit: str
    value: Callable[[Load], float]


FIGURES = (
    Figure("throughput 1 KB × 16", "/api/v1/bench/1k", 16, "req/s", lambda load: load.requests_per_second),
    Figure("throughput 1 MB × 16", "/api/v1/bench/1m", 16, "MB/s", lambda load: load.megabytes_per_second),
    Figure("latency 1 KB × 1, p50", "/api/v1/bench/1k", 1, "ms", lambda load: load.p50_ms),
    Figure("latency 1 KB × 1, p99", "/api/v1/bench/1k", 1, "ms", lambda load: load.p99_ms),
)
Medians = dict[str, dict[str, float]]


def compare(folder: Path, rounds: int, seconds: float, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure all contenders; give medians by figure and name, and the relay's ratio to each."""
    cores = Cores.of_this_machine()
    with Runner() as runner:
        upstream = make_upstream(folder, cores.upstream)
        runner.start(upstream)
        contenders, missing = _start(runner, folder, cores, upstream.port)
        for name, reason in missing.items():
            say(f"  {name} is left out: {reason}")
        medians = _measure_rounds(contenders, rounds, seconds, cores.load, say)
    return {
        "load_generator": generator_name(),
        "upstream": "nginx" if "nginx" not in missing else "node",
        "cores": {"relay": cores.relay, "upstream": cores.upstream, "load": cores.load},
        "missing": missing,
        "medians": medians,
        "relay_ratio": _ratios(medians),
    }


def _start(
    runner: Runner, folder: Path, cores: Cores, upstream_port: int
) -> tuple[list[Contender], dict[str, str]]:
    contenders, missing = [Contender("direct", f"http://127.0.0.1:{upstream_port}")], {}
    relay = make_relay(folder, cores.relay, upstream_port)
    runner.start(relay)
    contenders.append(relay.contender())
    for name, make in _PEERS.items():
        try:
            peer = make(folder, cores.relay, upstream_port)
        except PeerMissing as error:
            missing[name] = str(error)
            continue
        if peer.part:
            runner.start(peer.part)
        contenders.append(peer)
    return contenders, missing


def _measure_rounds(
    contenders: list[Contender], rounds: int, seconds: float, core: int, say: Callable[[str], None]
) -> Medians:
    """Every round asks every contender, so that a slow moment of the machine hits all alike."""
    seen: dict[str, dict[str, list[float]]] = {figure.name: {} for figure in FIGURES}
    for number in range(rounds):
        say(f"  round {number + 1} of {rounds}")
        for contender in contenders:
            for figure, load in _measure_one(contender, seconds, core):
                seen[figure.name].setdefault(contender.name, []).append(figure.value(load))
    return {
        name: {contender: statistics.median(values) for contender, values in by_contender.items()}
        for name, by_contender in seen.items()
    }


def _measure_one(contender: Contender, seconds: float, core: int) -> list[tuple[Figure, Load]]:
    done: dict[tuple[str, int], Load] = {}
    results = []
    for figure in FIGURES:
        key = (figure.path, figure.connections)
        if key not in done:
            target = Target(contender.origin + figure.path, contender.headers)
            done[key] = measure(target, figure.connections, seconds, core)
        results.append((figure, done[key]))
    return results


def _ratios(medians: Medians) -> Medians:
    """Give relay ÷ other: for throughput above 1 is better, for latency below 1."""
    return {
        figure: {name: values["relay"] / value for name, value in values.items() if name != "relay"}
        for figure, values in medians.items()
    }
