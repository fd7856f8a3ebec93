"""Everything that any user of the machine could see of a process and of all that it starts, however briefly.

Linux only: reads /proc often enough that no program can start and end in between.
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import Self

_EVERY_SECONDS = 0.003


class ProcessTree:
    """A context manager that looks until it is left."""

    def __init__(self, pid: int) -> None:
        self.command_lines: set[bytes] = set()
        self.environments: set[bytes] = set()
        self._root = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="process-tree")

    def __enter__(self) -> Self:
        self._look(self._root)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(_EVERY_SECONDS):
            self._look(self._root)

    def _look(self, pid: int) -> None:
        with contextlib.suppress(OSError):
            process = Path(f"/proc/{pid}")
            self.command_lines.add((process / "cmdline").read_bytes())
            self.environments.add((process / "environ").read_bytes())
            for task in (process / "task").iterdir():
                for child in (task / "children").read_text().split():
                    self._look(int(child))
