"""What a soak found, as text and as JSON, and whether that is all right."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from hivesync_dev.paths import ROOT

from bench.soak.audit import Effect
from bench.soak.growth import Growth
from bench.soak.records import Change, Record, Tally, Violation
from bench.soak.verdict import judge

_GROWTH_MEGABYTES = {"agent": 5.0, "backend": 60.0}
"""By its trend, in a process's longest life. The backend's limit is loose: it is not what is soaked."""
_RESULT = ROOT / "bench" / "results" / "soak.json"


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that was seen."""

    seed: str
    seconds: float
    disturbed: Counter[str]
    records: list[Record]
    effects: list[Effect]
    growths: list[Growth]
    leftover: str
    failures: list[str]

    @property
    def changes(self) -> list[Change]:
        return [record for record in self.records if isinstance(record, Change)]

    def wrong(self) -> list[str]:
        """Give all that is not as it must be."""
        return [
            *self.failures,
            *judge(self.changes, self.effects),
            *(f"{record.client}: {record.what}" for record in self.records if isinstance(record, Violation)),
            *(
                f"{growth.part} grew by {growth.megabytes:.1f} MB in {growth.seconds:.0f} s"
                for growth in self.growths
                if growth.megabytes > _GROWTH_MEGABYTES[growth.part]
            ),
        ]


def write(findings: Findings) -> None:
    """Keep the findings as JSON."""
    _RESULT.write_text(json.dumps(_summary(findings), indent=2) + "\n", encoding="utf-8")


def show(findings: Findings) -> int:
    """Print the findings; give the exit code."""
    summary = _summary(findings)
    print(f"{findings.seconds:.0f} s, {sum(findings.disturbed.values())} disturbances, seed {findings.seed}")
    for client, counted in summary["clients"].items():
        print(f"  {client:<9}{', '.join(f'{count} {what}' for what, count in counted.items())}")
    for growth in findings.growths:
        print(
            f"  {growth.part:<9}{growth.first_megabytes:.1f} MB → {growth.last_megabytes:.1f} MB "
            f"({growth.megabytes_per_minute:+.2f} MB/min over {growth.seconds:.0f} s), "
            f"at most {growth.most_descriptors} descriptors, {growth.most_threads} threads"
        )
    print(f"  left over: {findings.leftover}")
    wrong = summary["wrong"]
    for line in wrong:
        print(f"  WRONG: {line}")
    print("Nothing was lost, doubled or out of order." if not wrong else f"{len(wrong)} things went wrong.")
    return 1 if wrong else 0


def _summary(findings: Findings) -> dict[str, Any]:
    return {
        "seed": findings.seed,
        "seconds": findings.seconds,
        "disturbances": dict(findings.disturbed),
        "clients": _clients(findings),
        "growth": [asdict(growth) for growth in findings.growths],
        "leftover": findings.leftover,
        "wrong": findings.wrong(),
    }


def _clients(findings: Findings) -> dict[str, dict[str, object]]:
    clients: dict[str, dict[str, object]] = {}
    for tally in findings.records:
        if isinstance(tally, Tally):
            changes = [change for change in findings.changes if change.client == tally.client]
            outcomes = Counter(f"changes {change.outcome}" for change in changes)
            waited = [change.seconds for change in changes] or [0.0]
            clients[tally.client] = {
                **outcomes,
                **tally.counts,
                "s for the slowest change": round(max(waited), 1),
                "ms for the median one": round(statistics.median(waited) * 1000),
            }
    return clients
