"""Ending a process that holds one of our locks, also one that does not answer. Goes by the lock, never by a
process id in a file: that number may be another program's by now."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from hivesync.credentials.lock import is_held
from hivesync_contract.errors import ErrorCode, HiveSyncError

GRACE_SECONDS = 10.0
"""How long a process that was told to end may take; an agent drains meanwhile."""
_KILLED_SECONDS = 5.0
_POLL_SECONDS = 0.05


class StillRunning(HiveSyncError):
    """A process of HiveSync could not be ended."""

    code = ErrorCode.CONFLICT


def end_holder(
    path: Path, ask: Callable[[], object] = lambda: None, *, grace_seconds: float = GRACE_SECONDS
) -> bool:
    """End who holds the lock, and its children; False if nobody does. Raise `StillRunning`.

    `ask` has it end by its own means; one that does not is told by a signal, and in the end killed.
    """
    if not is_held(path):
        return False
    found = holders(path)
    children = [child for process in found for child in _children(process)]
    ask()
    if is_held(path):
        for process in found:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.terminate()
                process.resume()  # one that was stopped (SIGSTOP, Ctrl-Z) could not hear it
    if not _have_ended(path, found, grace_seconds):
        _kill(found)
        if not _have_ended(path, found, _KILLED_SECONDS):
            raise StillRunning(_words(path, found))
    _kill(children)
    return True


def holders(path: Path) -> list[psutil.Process]:
    """Give this user's processes that have the lock's file open: its holder, and who just tries."""
    wanted, found = _real(path), []
    for process in psutil.process_iter():
        # Other users' processes can't be looked into, and need not be: the file is in a private folder.
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and any(
                _real(file.path) == wanted for file in process.open_files()
            ):
                found.append(process)
    return found


def _children(process: psutil.Process) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.children(recursive=True)
    return []


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def _have_ended(path: Path, processes: list[psutil.Process], seconds: float) -> bool:
    """Wait for the lock and for the processes: an agent gives its lock back a moment before its end."""
    end = time.monotonic() + seconds
    while is_held(path) or any(map(_runs, processes)):
        if time.monotonic() > end:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _real(path: Path | str) -> str:
    return os.path.normcase(os.path.realpath(path))


def _words(path: Path, found: list[psutil.Process]) -> str:
    who = ", ".join(str(process.pid) for process in found)
    if not who:
        return f"A process that can't be seen from here (in a container?) holds {path}; end it and try again."
    return f"Process {who}, which holds {path}, does not end; end it and try again."
