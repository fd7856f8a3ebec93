"""A demo as a child process, for its own tests: its state lies beside that of any demo a developer runs."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from hivesync_dev.paths import ROOT

READY_SECONDS = 60.0
_POLL_SECONDS = 0.05


class DemoHung(Exception):
    """The demo ended early, or did not do in time what was waited for."""


class RunningDemo:
    """`python -m hivesync_dev.demo`. `options` are ONCE and LAN, as on make's command line."""

    def __init__(self, folder: Path, project: Path, **options: str) -> None:
        self.folder = folder
        env = os.environ | {"HIVESYNC_DEMO_DIR": str(folder), "PROJECT": str(project)} | options
        env.pop("MAKELEVEL", None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hivesync_dev.demo"],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def wait_until_ready(self) -> dict[str, Any]:
        """Give `stack.json`, which is there once the preview is."""
        return dict(json.loads(wait_for_file(self.folder / "stack.json", self.process).read_text()))

    def wait_until_starting(self) -> None:
        """Return when its first child has been started."""
        wait_for_file(self.folder / "logs" / "server.log", self.process)

    def end(self) -> tuple[str, str]:
        """Wait until it has ended; give what it printed."""
        return self.process.communicate(timeout=READY_SECONDS)

    def stop(self) -> None:
        """End it if it still runs."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate()


def wait_for_file(path: Path, process: subprocess.Popen[str]) -> Path:
    """Give the path once the file is there; raise `DemoHung` when it never comes."""
    ends = time.monotonic() + READY_SECONDS
    while not path.exists():
        if process.poll() is not None:
            raise DemoHung(f"ended with {process.returncode}: {process.communicate()}")
        if time.monotonic() > ends:
            raise DemoHung(f"{path.name} never appeared")
        time.sleep(_POLL_SECONDS)
    return path


def processes_of(folder: Path) -> list[str]:
    """Give the processes that name the folder on their command line or work in it."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            words = process.cmdline()
            if any(str(folder) in word for word in [*words, process.cwd()]):
                found.append(" ".join(words) or process.name())
    return found


def wait_until_gone(folder: Path) -> None:
    """Return when no process of the folder is left; raise `DemoHung` naming those that stay."""
    ends = time.monotonic() + READY_SECONDS
    while left := processes_of(folder):
        if time.monotonic() > ends:
            raise DemoHung(f"still there: {left}")
        time.sleep(_POLL_SECONDS)
