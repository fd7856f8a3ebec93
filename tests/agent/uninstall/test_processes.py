"""A process is ended by the lock that it holds: one that ignores a signal too, and nobody else."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from hivesync.credentials.lock import FileLock, is_held
from hivesync_agent.uninstall.processes import StillRunning, end_holder, holders
from hivesync_dev.user_account import is_running

Start = Callable[..., subprocess.Popen[bytes]]
PROGRAM = """
import pathlib, signal, subprocess, sys, time
from hivesync.credentials.lock import FileLock
for name in sys.argv[2:]:
    signal.signal(getattr(signal, name), signal.SIG_IGN)
lock = FileLock(pathlib.Path(sys.argv[1]))
assert lock.try_acquire()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], stdout=subprocess.DEVNULL)
print(child.pid, flush=True)
time.sleep(600)
"""


def child_of(lock: Path) -> int:
    """Give the process id of the holder's child."""
    return int(lock.with_name("child").read_text())


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """The lock of a process of ours, such as a tray's."""
    return tmp_path / "locks" / "tray.default.lock"


@pytest.fixture
def start(lock: Path) -> Iterator[Start]:
    """Start a process that holds the lock, and its child; `child` is written beside the lock."""
    started: list[subprocess.Popen[bytes]] = []

    def run(*ignored: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", PROGRAM, str(lock), *ignored]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        started.append(process)
        assert process.stdout is not None
        lock.with_name("child").write_bytes(process.stdout.readline())
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(child_of(lock)).kill()


@pytest.mark.parametrize("ignored", [(), ("SIGTERM",)])
def test_the_holder_ends_and_its_children_with_it(lock: Path, start: Start, ignored: tuple[str, ...]) -> None:
    process = start(*ignored)
    assert is_held(lock)
    assert end_holder(lock, grace_seconds=0.5)
    assert process.wait(timeout=10) == -(signal.SIGKILL if ignored else signal.SIGTERM)
    end = time.monotonic() + 10
    while is_running(child_of(lock)):
        assert time.monotonic() < end
    assert not is_held(lock)
    assert not end_holder(lock)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_one_that_was_stopped_hears_the_signal(lock: Path, start: Start) -> None:
    process = start()
    process.send_signal(signal.SIGSTOP)
    assert end_holder(lock)
    assert process.wait(timeout=10) == -signal.SIGTERM


def test_only_who_has_the_file_open_is_a_holder(lock: Path, start: Start) -> None:
    process = start()
    assert [each.pid for each in holders(lock)] == [process.pid]
    assert holders(lock.with_name("other.lock")) == []


def test_a_holder_that_can_not_be_seen_is_told(lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = FileLock(lock)
    assert held.try_acquire()  # by this very process, which does not end itself
    monkeypatch.setattr("hivesync_agent.uninstall.processes._KILLED_SECONDS", 0.0)
    with pytest.raises(StillRunning, match=r"can't be seen from here"):
        end_holder(lock, grace_seconds=0.0)
    held.release()


def test_asking_makes_neither_file_nor_folder(lock: Path) -> None:
    assert not is_held(lock)
    assert not lock.parent.exists()
