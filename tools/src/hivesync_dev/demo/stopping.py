"""Ctrl-C, SIGTERM and SIGHUP as a question that is asked at safe places, never an exception in between.

An exception raised inside the start of a process would lose its id, and leave it running.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PR_SET_PDEATHSIG = 1


class Stopped(Exception):
    """The user asked the demo to end."""


class StopRequest:
    """Remembers that a stop was asked for."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def install(self) -> None:
        """Take over the signals of this process."""
        for number in _SIGNALS:
            signal.signal(number, self._on_signal)

    def check(self) -> None:
        """Raise `Stopped` if a stop was asked for."""
        if self._asked.is_set():
            raise Stopped

    def wait(self, seconds: float) -> bool:
        """Wait that long, or until a stop is asked for; tell whether one was."""
        # A signal that arrives as the wait times out has set the flag, yet `wait` itself gives False.
        self._asked.wait(seconds)
        return self._asked.is_set()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._asked.set()


def end_with_make() -> None:
    """Ask Linux for a SIGTERM when `make` dies, even by `kill -9`: nobody could then reach this process."""
    if os.environ.get("MAKELEVEL") and sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() == 1:
            os.kill(os.getpid(), signal.SIGTERM)
