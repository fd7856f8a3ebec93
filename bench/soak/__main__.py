"""Run the soak: SOAK_SECONDS (1800), SOAK_SEED (random, printed). Exit code 1 if anything went wrong.

With the argument `server` it is the soak of two servers, with `sdk` that of the SDK.
"""

from __future__ import annotations

import math
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.soak import sdk
from bench.soak.audit import effects
from bench.soak.clock import ClockFixed
from bench.soak.disturbances import choose
from bench.soak.growth import Connections, Sample, Watch, connections_of, growth_of, look
from bench.soak.records import read_ledgers
from bench.soak.report import Findings, show, write
from bench.soak.server import command as server
from bench.soak.stage import Stage, stage

_CALM_SECONDS = (1.0, 6.0)
_LASTS_SECONDS = (0.1, 6.0)
_CALM_SHARE = 1 / 3
"""In this last share of the run the agent is left alive, so that a leak would show."""
_STUCK_SECONDS = 60.0
_LEAVE_SECONDS = 20.0


@dataclass(slots=True)
class Soak:
    """One run."""

    stage: Stage
    seconds: float
    seed: str
    disturbed: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def run(self) -> Findings:
        """Disturb, calm down, count."""
        fresh = look(self.stage.agent)
        before = self._connections()
        self.stage.begin_clients(self.seed)
        with Watch(self.stage.agent, self.stage.server) as watch:
            began = time.monotonic()
            self._disturb()
            lasted = time.monotonic() - began
        self._settle()
        leftover = self._leftovers(fresh, before)
        growths = [growth_of(part, watch.samples) for part in ("agent", "backend")]
        return Findings(
            seed=self.seed,
            seconds=lasted,
            disturbed=self.disturbed,
            records=read_ledgers(self.stage.ledgers),
            effects=effects(self.stage.database_url),
            growths=[growth for growth in growths if growth is not None],
            leftover=leftover,
            failures=self.failures,
        )

    def _disturb(self) -> None:
        chance = random.Random(self.seed)
        began = time.monotonic()
        while (elapsed := time.monotonic() - began) < self.seconds:
            time.sleep(chance.uniform(*_CALM_SECONDS))
            chosen = choose(chance, spare_agent=elapsed > self.seconds * (1 - _CALM_SHARE))
            names = " + ".join(disturbance.__name__ for disturbance in chosen)
            lasts = chance.uniform(*_LASTS_SECONDS)
            print(f"  {elapsed:7.1f} s  {names.replace('_', ' ')}, {lasts:.1f} s", flush=True)
            self.disturbed[names.replace("_", " ")] += 1
            with ExitStack() as ended:
                for disturbance in chosen:
                    ended.enter_context(disturbance(self.stage, chance))
                time.sleep(lasts)

    def _settle(self) -> None:
        """Let the clients finish, and the agent send what waits, for as long as it gets on with that."""
        self.failures += filter(None, [client.finish() for client in self.stage.clients])
        fewest, ends = math.inf, 0.0
        with self.stage.api() as api:
            while True:
                page = api.http.get("/v1/operations").raise_for_status().json()
                left = len(page["items"]) + len(page["damaged"]) + page["of_other_accounts"]
                if left < fewest:
                    fewest, ends = left, time.monotonic() + _STUCK_SECONDS
                if left == 0 or time.monotonic() > ends:
                    break
                time.sleep(0.1)
        if left:
            self.failures.append(f"the journal is not empty at the end: {page}")

    def _leftovers(self, fresh: Sample, before: Connections) -> str:
        """See that clients that have left leave nothing behind in the agent."""
        ends = time.monotonic() + _LEAVE_SECONDS
        while (now := self._connections()).clients > 0 and time.monotonic() < ends:
            time.sleep(0.2)
        late = look(self.stage.agent)
        held = late.descriptors - now.backend - (fresh.descriptors - before.backend)
        if now.clients:
            self.failures.append(f"{now.clients} connections of clients that have left are still open")
        if held > 2:
            self.failures.append(f"the agent holds {held} more descriptors than when it was fresh")
        return (
            f"{now.clients} client connections, {now.backend} to the backend, "
            f"{late.descriptors} descriptors (fresh: {fresh.descriptors}), {late.threads} threads"
        )

    def _connections(self) -> Connections:
        agent = self.stage.agent
        return connections_of(agent, agent.discovery().port, self.stage.link.port)


def main() -> int:
    """Run, report, give the exit code. What failed leaves its files behind."""
    seconds = float(os.environ.get("SOAK_SECONDS", "1800"))
    seed = os.environ.get("SOAK_SEED") or f"{random.randrange(10**6)}"
    print(f"Soaking for {seconds:.0f} s; SOAK_SEED={seed} repeats the order of events.", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="hivesync-soak-"))
    try:
        with stage(folder) as running:
            findings = Soak(running, seconds, seed).run()
    except ClockFixed as error:
        print(error)
        return 2
    except KeyboardInterrupt:
        print(f"Interrupted; nothing was counted. Logs and ledgers: {folder}")
        return 130
    write(findings)
    code = show(findings)
    if code:
        print(f"Logs and ledgers: {folder}")
    else:
        shutil.rmtree(folder)
    return code


if __name__ == "__main__":
    chosen = {"server": server.main, "sdk": sdk.run}.get("".join(sys.argv[1:]), main)
    raise SystemExit(chosen())
