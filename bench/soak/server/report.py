"""What a soak of two servers found, as text and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hivesync_dev.paths import ROOT

from bench.soak.server.asking import Ledger

_RESULT = ROOT / "bench" / "results" / "soak-server.json"


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that was seen."""

    seed: str
    seconds: float
    faults: Counter[str]
    ledger: Ledger
    wrong: list[str]
    interrupted: bool = False

    def summary(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {
            "seed": self.seed,
            "seconds": round(self.seconds, 1),
            "interrupted": self.interrupted,
            "faults": dict(self.faults),
            **summary(self.ledger),
            "wrong": self.wrong,
        }


def summary(ledger: Ledger) -> dict[str, Any]:
    """Say what was accepted, and what was refused for the moment."""
    return {
        "accepted": len(ledger.asked),
        "there": {kind: len(ids) for kind, ids in sorted(ledger.names.items())},
        "changes of tasks": ledger.task_changes.total(),
        "refused for the moment": {str(status): times for status, times in sorted(ledger.refusals.items())},
        "seconds of the slowest": round(ledger.slowest_seconds, 1),
    }


def write(findings: Findings, path: Path = _RESULT) -> None:
    """Keep the findings as JSON."""
    path.write_text(json.dumps(findings.summary(), indent=2) + "\n", encoding="utf-8")


def show(findings: Findings) -> int:
    """Print the findings; give the exit code: 1 if anything is wrong, 130 if it was cut short."""
    print(f"{findings.seconds:.0f} s, seed {findings.seed}{', cut short' if findings.interrupted else ''}")
    for fault, times in sorted(findings.faults.items()):
        print(f"  {times:>5} × {fault}")
    for what, count in summary(findings.ledger).items():
        shown = ", ".join(f"{n} {name}" for name, n in count.items()) if isinstance(count, dict) else count
        print(f"  {what}: {shown or 'none'}")
    for each in findings.wrong:
        print(f"  WRONG: {each}")
    wrong = len(findings.wrong)
    print(
        f"{wrong} things are wrong." if wrong else "Nothing was lost, and nothing was done twice.", flush=True
    )
    if wrong:
        return 1
    return 130 if findings.interrupted else 0
