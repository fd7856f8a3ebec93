"""`make soak`: previews and relayed calls in a row on one stack, watching each part's memory for growth.

Runs for SOAK_SECONDS (default 120). Fails when a preview fails, or when a part has grown by more than
half and by more than 50 MB after the first third.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import psutil
from hivesync_contract.previews import PreviewState
from hivesync_dev.samples import make_vite_project
from hivesync_dev.stack.processes import session_pids
from hivesync_dev.stack.stack import Stack, StackSettings

_GROWTH_RATIO = 1.5
_GROWTH_MEGABYTES = 50
_CALLS_PER_PREVIEW = 50


def main() -> int:
    """Run, print what was done, give exit code 1 on a failure or on growth."""
    seconds = float(os.environ.get("SOAK_SECONDS", "120"))
    print(f"Soaking for {seconds:.0f} s; a turn is one preview and {_CALLS_PER_PREVIEW} relayed calls.")
    with tempfile.TemporaryDirectory(prefix="hivesync-soak-") as name:
        folder = Path(name)
        project = make_vite_project("react-ts", folder)
        with Stack(StackSettings(folder / "stack")) as stack:
            return _soak(stack, project, seconds)


def _soak(stack: Stack, project: Path, seconds: float) -> int:
    began = time.monotonic()
    turns, early = 0, _megabytes(stack)
    while (elapsed := time.monotonic() - began) < seconds:
        _turn(stack, project, turns)
        turns += 1
        if elapsed < seconds / 3:
            early = _megabytes(stack)
    late = _megabytes(stack)
    print(f"{turns} previews, {turns * _CALLS_PER_PREVIEW} relayed calls")
    grown = [name for name in early if _has_grown(early[name], late[name])]
    for name in early:
        print(f"  {name:<10}{early[name]:8.1f} MB → {late[name]:8.1f} MB{'  GROWN' if name in grown else ''}")
    return 1 if grown else 0


def _turn(stack: Stack, project: Path, number: int) -> None:
    with (project / "src" / "App.tsx").open("a", encoding="utf-8") as source:
        source.write(f"\n// turn {number}\n")
    with stack.api() as api:
        preview = api.wait_for_preview(api.start_preview(str(project)).id, 120)
        if preview.state is not PreviewState.READY:
            sys.exit(f"preview {number} failed: {preview.error}")
        for _ in range(_CALLS_PER_PREVIEW):
            api.http.get("/api/v1/auth/me").raise_for_status()


def _megabytes(stack: Stack) -> dict[str, float]:
    return {
        part.name: sum(psutil.Process(pid).memory_info().rss for pid in session_pids(part.child.pid)) / 1e6
        for part in (stack.server, stack.worker, stack.agent)
    }


def _has_grown(early: float, late: float) -> bool:
    return late > early * _GROWTH_RATIO and late - early > _GROWTH_MEGABYTES


if __name__ == "__main__":
    raise SystemExit(main())
