"""A sweep as a process of its own: its memory goes back when it ends, and two of them use two cores.

Called as `python -m hivesync_agent.projects.index.child ROOT TOP INDEX NUMBER COUNT OWN…`; prints one line
of JSON. Threads would not do: the interpreter's lock, handed over at every call, makes two of them slower
than one.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from hivesync_agent.projects.confined import identity
from hivesync_agent.projects.index.outcome import Outcome
from hivesync_agent.projects.index.rules import Rules
from hivesync_agent.projects.index.store import IndexStore
from hivesync_agent.projects.index.sweep import Share, Sweep


def main(arguments: list[str]) -> int:
    """Sweep, write what changed, and tell it."""
    root, top, index, number, count, *own = arguments
    store = IndexStore(index)
    identities = frozenset(each for each in map(identity, own) if each is not None)
    rules = Rules(Path(root), Path(top), identities)
    outcome = Sweep(Path(root), store.load(), rules, Share(int(number), int(count))).all()
    if outcome.changed or outcome.gone:
        store.apply(outcome.changed, outcome.gone)
    sys.stdout.write(json.dumps(summary(outcome)) + "\n")
    return 0


def summary(outcome: Outcome) -> dict[str, object]:
    """Give what is told of a sweep."""
    return {
        "files": outcome.files,
        "size_bytes": outcome.size_bytes,
        "changed": outcome.changed_count,
        "changed_files": outcome.changed_files,
        "read": outcome.read,
    }


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
