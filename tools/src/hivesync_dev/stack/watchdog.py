"""End a stack's processes when the stack itself was killed and could not. Does nothing else.

Runs as a process of its own. The stack writes the session ids of its children to this process's
standard input, which ends when the stack ends, however that happens; then their sessions are killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from hivesync_dev.stack.processes import kill_session


class Watchdog:
    """The stack's side. `close` after the children are stopped: it then finds nothing to do."""

    def __init__(self) -> None:
        # Python keeps the writing end from every child, so it closes with this process and not later.
        reading, self._writing = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hivesync_dev.stack.watchdog"], stdin=reading, start_new_session=True
        )
        os.close(reading)

    def watch(self, session: int) -> None:
        """Add a child, by the id of the session it leads."""
        os.write(self._writing, f"{session}\n".encode())

    def close(self) -> None:
        """End the watch."""
        os.close(self._writing)
        self._process.wait()


def main() -> None:
    """Collect session ids until the stack is gone, then kill what is left of them."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sessions = [int(line) for line in sys.stdin]
    for session in sessions:
        kill_session(session)


if __name__ == "__main__":
    main()
