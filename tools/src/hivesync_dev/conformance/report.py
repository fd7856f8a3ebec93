"""What a run says: lines for people as it goes, one document for programs at its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hivesync_dev.conformance.runner import Outcome


def line_of(outcome: Outcome) -> str:
    """Tell how a scenario ended; of a failure everything that helps to find its cause."""
    scenario = outcome.scenario
    mark = "ok  " if outcome.ok else "FAIL"
    line = f"  {mark}  {scenario.name:<32} {scenario.promise}  ({outcome.seconds:.1f} s)"
    if outcome.ok:
        return line
    details = [f"expected: {outcome.expected}", f"saw:      {outcome.seen}", "what went over the wires:"]
    return "\n".join([line, *(f"        {each}" for each in (*details, *outcome.transcript))])


def summary(client: str, outcomes: Sequence[Outcome]) -> str:
    """Give the last line."""
    failed = [outcome.scenario.name for outcome in outcomes if not outcome.ok]
    if not failed:
        return f"{client}: all {len(outcomes)} scenarios kept."
    return f"{client}: {len(failed)} of {len(outcomes)} scenarios not kept: {', '.join(failed)}."


def document(client: str, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Give the run as one JSON document."""
    return {
        "client": client,
        "passed": sum(outcome.ok for outcome in outcomes),
        "failed": sum(not outcome.ok for outcome in outcomes),
        "scenarios": [_entry(outcome) for outcome in outcomes],
    }


def _entry(outcome: Outcome) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": outcome.scenario.name,
        "promise": outcome.scenario.promise,
        "ok": outcome.ok,
        "seconds": round(outcome.seconds, 2),
    }
    if outcome.ok:
        return entry
    return entry | {
        "expected": outcome.expected,
        "seen": outcome.seen,
        "transcript": list(outcome.transcript),
    }
