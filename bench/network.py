"""What the agent's kept-open connection is worth: 50 ms away and with TLS, against a fresh direct connection.

A fresh connection is what a short-lived command or a plugin without the agent makes for one action. What a
revalidated read costs is counted where the distance is made, and timed beside the same question over a bare
connection that is open already: the timers that make the distance are late by a millisecond or two for both.
"""

from __future__ import annotations

import ssl
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import trustme
from hivesync_contract import headers
from hivesync_dev.stack.agent import Agent, AgentSettings
from hivesync_dev.stack.ports import any_free_port
from hivesync_dev.stack.runner import Runner

from bench.contenders import PinnedPart
from bench.cores import Cores
from bench.distance import Distance
from bench.upstream import ETAG

ROUND_TRIP_SECONDS = 0.05
API_KEY = "hs_bench_0123456789abcdef0123456789abcdef"
_READ = "/api/v1/bench/read"


def measure_network(folder: Path, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Alternate the three kinds of a call; give medians in milliseconds, and the ratios that count."""
    folder.mkdir(parents=True)
    authority, certificate = folder / "ca.pem", folder / "server.pem"
    ca = trustme.CA()
    ca.cert_pem.write_to_path(authority)
    ca.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
    port = any_free_port()
    command = [sys.executable, "-m", "bench.upstream", str(port), str(certificate)]
    with Runner() as runner, Distance(port, ROUND_TRIP_SECONDS) as far:
        runner.start(PinnedPart("upstream", port, Cores.of_this_machine().upstream, command, folder))
        origin = f"https://127.0.0.1:{far.port}"
        agent = Agent(
            AgentSettings(
                folder / "agent",
                folder / "agent.log",
                origin,
                extra_env={"HIVESYNC_TOKEN": API_KEY, "SSL_CERT_FILE": str(authority)},
            )
        )
        runner.start(agent)
        say(f"  {rounds} rounds")
        return _report(_alternate(agent, far, ssl.create_default_context(cafile=authority), rounds))


@dataclass(slots=True)
class _Seen:
    """Seconds of each kind of a call, and the round trips of revalidated reads."""

    fresh: list[float] = field(default_factory=list)
    action: list[float] = field(default_factory=list)
    revalidated: list[float] = field(default_factory=list)
    round_trips: list[int] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


def _alternate(agent: Agent, far: Distance, trust: ssl.SSLContext, rounds: int) -> _Seen:
    discovery, origin = agent.discovery(), f"https://127.0.0.1:{far.port}"
    sent = {"Authorization": f"Bearer {discovery.token}", headers.CLIENT: "bench/1"}
    unchanged, seen = {"If-None-Match": ETAG}, _Seen()
    with (
        httpx.Client(headers=sent, trust_env=False) as editor,
        httpx.Client(verify=trust, trust_env=False) as bare,
    ):
        _timed(editor, discovery.url + _READ, {})
        _timed(bare, origin + _READ, {})
        for number in range(rounds):
            with httpx.Client(verify=trust, trust_env=False) as direct:
                seen.fresh.append(_timed(direct, origin + _READ, {}))
            # A query that nobody asked before: nothing of it is in a cache.
            seen.action.append(_timed(editor, f"{discovery.url}{_READ}?n={number}", {}))
            before = far.round_trips
            seen.revalidated.append(_timed(editor, discovery.url + _READ, unchanged))
            seen.round_trips.append(far.round_trips - before)
            seen.bare.append(_timed(bare, origin + _READ, unchanged))
    return seen


def _timed(client: httpx.Client, url: str, more: dict[str, str]) -> float:
    began = time.perf_counter()
    answer = client.get(url, headers=more)
    elapsed = time.perf_counter() - began
    if answer.status_code not in (200, 304):
        raise RuntimeError(f"{url} answered {answer.status_code}: {answer.text}")
    return elapsed


def _report(seen: _Seen) -> dict[str, Any]:
    fresh_s, action_s = statistics.median(seen.fresh), statistics.median(seen.action)
    return {
        "round_trip_ms": ROUND_TRIP_SECONDS * 1000,
        "fresh_direct_ms": fresh_s * 1000,
        "agent_action_ms": action_s * 1000,
        "agent_revalidated_ms": statistics.median(seen.revalidated) * 1000,
        "bare_round_trip_ms": statistics.median(seen.bare) * 1000,
        "action_ratio": action_s / fresh_s,
        "revalidated_round_trips": statistics.median(seen.round_trips),
        "rounds": len(seen.fresh),
    }
