"""A command at a terminal of its own, for tests of what only happens where a person sits. POSIX only."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

CTRL_C = "\x03"
_LIMIT_SECONDS = 60.0
_TAKE_TERMINAL = "import os, sys; os.login_tty(0); os.execv(sys.argv[1], sys.argv[1:])"
"""In the child itself: it must lead a session before it can take the terminal as its own."""


class TerminalSilent(Exception):
    """What was waited for never appeared on the terminal."""


class Terminal:
    """Runs the command in the terminal's foreground."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], cwd: Path) -> None:
        self._screen, keyboard = pty.openpty()
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _TAKE_TERMINAL, *command], stdin=keyboard, env=env, cwd=cwd
            )
        finally:
            os.close(keyboard)
        self._unread = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.wait()
        os.close(self._screen)

    def press(self, keys: str) -> None:
        """Press keys; the terminal makes a signal of Ctrl-C by itself."""
        os.write(self._screen, keys.encode())

    def wait_for(self, text: str) -> str:
        """Give what has appeared since the last time, up to and with this text."""
        end = time.monotonic() + _LIMIT_SECONDS
        while text not in self._unread:
            if not self._read(end - time.monotonic()):
                raise TerminalSilent(f"{text!r} never appeared; this did: {self._unread!r}")
        before, _, self._unread = self._unread.partition(text)
        return before + text

    def wait(self) -> int:
        """Read to the end, since a command whose terminal is full stands still; give its exit code."""
        end = time.monotonic() + _LIMIT_SECONDS
        while self._read(end - time.monotonic()):
            pass
        return self.process.wait(_LIMIT_SECONDS)

    def _read(self, seconds: float) -> bool:
        """Take what has appeared; False when nothing will, or did in time."""
        if seconds <= 0 or not select.select([self._screen], [], [], seconds)[0]:
            return False
        try:
            seen = os.read(self._screen, 65_536)
        except OSError:
            return False  # Linux's way to say that nobody holds the terminal any more
        self._unread += seen.decode("utf-8", "replace")
        return bool(seen)
