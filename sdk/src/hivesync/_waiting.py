"""What an agent has accepted and not sent yet. While no agent runs, a later change must not overtake it.

Reads the agent's files and writes none. A file that can't be read hinders nobody: the agent itself will keep
it aside.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path


def waits(folder: Path, path: str, key: str) -> bool:
    """Tell whether another change of the resource `path` than `key` waits in an operations folder."""
    return any(kept == path and kept_key != key for kept, kept_key in _waiting(folder))


def _waiting(folder: Path) -> Iterator[tuple[str, str]]:
    """Give path and key of each change that is still to be sent; a conflict is the user's to decide."""
    for file in folder.glob("*.json"):
        try:
            # The first line is a checksum.
            entry = json.loads(file.read_bytes().partition(b"\n")[2])
            if entry["conflict"] is None:
                yield str(entry["target"]).partition("?")[0], entry["key"]
        except (OSError, ValueError, TypeError, KeyError):
            continue
