"""`python -m hivesync_dev.conformance CLIENT`: exit code 1 if a promise was broken."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from hivesync_dev.conformance.clients import CLIENTS, command_of
from hivesync_dev.conformance.report import document, line_of, summary
from hivesync_dev.conformance.runner import Outcome, play_all
from hivesync_dev.conformance.scenarios import SCENARIOS

_AT_ONCE = 4


def main() -> int:
    """Examine the client and report."""
    chosen = _parser().parse_args()
    scenarios = [each for each in SCENARIOS if any(text in each.name for text in chosen.only or [""])]
    if chosen.list:
        print("\n".join(f"{each.name:<32} {each.promise}" for each in scenarios))
        return 0
    if not chosen.client or not scenarios:
        print(f"Name a client: {', '.join(CLIENTS)}, or the command of its driver.", file=sys.stderr)
        return 2

    def tell(outcome: Outcome) -> None:
        if not chosen.json:
            print(line_of(outcome), flush=True)

    played = play_all(command_of(chosen.client), scenarios, at_once=chosen.at_once, tell=tell)
    outcomes = asyncio.run(played)
    print(
        json.dumps(document(chosen.client, outcomes), indent=2)
        if chosen.json
        else summary(chosen.client, outcomes)
    )
    return 0 if all(outcome.ok for outcome in outcomes) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hivesync_dev.conformance", description=__doc__)
    parser.add_argument("client", nargs="?", help="a name of the table, or the command of a driver")
    parser.add_argument("--only", action="append", metavar="TEXT", help="scenarios whose name holds this")
    parser.add_argument("--json", action="store_true", help="one JSON document at the end")
    parser.add_argument("--list", action="store_true", help="name the scenarios and play none")
    parser.add_argument("--at-once", type=int, default=_AT_ONCE, metavar="N", help="scenarios side by side")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
