"""Starts agents by forking: each is a process of its own that is at work within a tenth of a second.

For tests that need many. An agent's program takes most of its start to be imported; here that is done once.
Run as a program it reads a line for each agent that is wanted, and writes its process id.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping

from hivesync.locations import Locations
from hivesync_agent.lifecycle.discovery import read
from hivesync_agent.main import run

_DEADLINE_SECONDS = 30.0


class Nursery:
    """A context manager; leaving it ends the process that forks, not the agents."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._path = Locations.detect(environ).discovery_file("default")
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            env=dict(environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=_DEADLINE_SECONDS)

    def start(self) -> int:
        """Have an agent started; give its process id when it can be found, or raise `TimeoutError`."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("no pipes")
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        end = time.monotonic() + _DEADLINE_SECONDS
        while time.monotonic() < end:
            found = read(self._path)
            if found is not None and found.pid == pid:
                return pid
            time.sleep(0.005)
        raise TimeoutError("the agent did not publish itself")


def main() -> None:
    """Fork at each line, and see to those that have ended."""
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            silence = os.open(os.devnull, os.O_RDWR)
            os.dup2(silence, 0)
            os.dup2(silence, 1)
            os._exit(run())
        print(pid, flush=True)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
