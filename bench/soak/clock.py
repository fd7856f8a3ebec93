"""The wall clock of the agent and its clients, as NTP, a user or a sleep move it.

A library of forty lines (clock.c), compiled here and preloaded there, does the moving. libfaketime would as
well, but it moves the deadlines of waits along, which no real clock does.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from pathlib import Path

_SOURCE = Path(__file__).with_suffix(".c")


class ClockFixed(Exception):
    """There is no way to move the clock here."""


class MovableClock:
    """`env` is for the processes that shall see it."""

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("cc") if sys.platform == "linux" else None
        if compiler is None:
            raise ClockFixed(
                "The soak needs Linux and a C compiler, to let the clock jump: apt-get install gcc"
            )
        library, self._file = folder / "clock.so", folder / "clock"
        command = [compiler, "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", str(library), str(_SOURCE)]
        subprocess.run(command, check=True)
        self._offset_seconds = 0
        self._file.write_bytes(bytes(8))
        self.env = {"LD_PRELOAD": str(library), "SOAK_CLOCK": str(self._file)}

    def jump(self, seconds: int) -> None:
        """Move by so much, forth or back."""
        self._offset_seconds += seconds
        with self._file.open("r+b", buffering=0) as file:
            file.write(struct.pack("q", self._offset_seconds * 10**9))
