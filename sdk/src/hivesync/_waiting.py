"""What an agent has accepted and not sent yet. While no agent runs, a later change must not overtake it.

Reads the agent's files and writes none; of their content it needs the target, and whether the user has to
decide first. A file that can't be read hinders nobody: the agent itself will keep it aside.
"""

from __future__ import annotations

import json
from pathlib import Path


def waits(folder: Path, path: str) -> bool:
    """Tell whether an earlier change of the resource `path` waits in an account's operations folder."""
    return any(_target(file) == path for file in folder.glob("*.json"))


def _target(file: Path) -> str | None:
    try:
        # The first line is a checksum.
        entry = json.loads(file.read_bytes().partition(b"\n")[2])
        return None if entry["conflict"] else str(entry["target"]).partition("?")[0]
    except (OSError, ValueError, TypeError, KeyError):
        return None
