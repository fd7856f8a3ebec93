"""Run a command on one CPU core, or freely where cores can't be chosen: `bench.pinned CORE COMMAND…`.

Without this the scheduler moves work between cores, and runs on one machine differ more than the relays do.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

CAN_PIN = hasattr(os, "sched_setaffinity")


def pinned(core: int, command: list[str]) -> list[str]:
    """Give the command line that runs `command` on `core`; threads and children inherit it."""
    return [sys.executable, "-m", "bench.pinned", str(core), *command]


@contextlib.contextmanager
def on_core(core: int) -> Iterator[None]:
    """Keep this very process on one core meanwhile: it is the load."""
    if not CAN_PIN:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def main() -> None:
    """Become the command."""
    core, *command = sys.argv[1:]
    if CAN_PIN:
        os.sched_setaffinity(0, {int(core)})
    os.execvp(command[0], command)  # noqa: S606 - there is no shell in between, on purpose


if __name__ == "__main__":
    main()
