"""Run a command on one CPU core, or freely where cores can't be chosen: `bench.pinned CORE COMMAND…`.

Without this the scheduler moves work between cores, and runs on one machine differ more than the relays do.
"""

from __future__ import annotations

import os
import sys

CAN_PIN = hasattr(os, "sched_setaffinity")


def pinned(core: int, command: list[str]) -> list[str]:
    """Give the command line that runs `command` on `core`; threads and children inherit it."""
    return [sys.executable, "-m", "bench.pinned", str(core), *command]


def main() -> None:
    """Become the command."""
    core, *command = sys.argv[1:]
    if CAN_PIN:
        os.sched_setaffinity(0, {int(core)})
    os.execvp(command[0], command)  # noqa: S606 - there is no shell in between, on purpose


if __name__ == "__main__":
    main()
