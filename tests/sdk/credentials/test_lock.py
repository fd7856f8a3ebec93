"""The lock between processes: exclusive, released by a crash, and never waited for without end."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hivesync.credentials import FileLock, LockTimeout

HOLDER = """
import sys, time
from pathlib import Path
from hivesync.credentials import FileLock
lock = FileLock(Path(sys.argv[1]))
assert lock.try_acquire()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "session.lock"


def test_a_second_holder_has_to_wait(path: Path) -> None:
    first, second = FileLock(path), FileLock(path)
    assert first.try_acquire()
    assert not second.try_acquire()
    assert not first.try_acquire(), "the lock is not re-entrant"
    first.release()
    assert second.try_acquire()
    second.release()
    second.release()


def test_waiting_ends_with_an_error(path: Path) -> None:
    began = time.monotonic()
    with FileLock(path).hold(1), pytest.raises(LockTimeout), FileLock(path).hold(0.05):
        pytest.fail("the lock was given twice")
    assert time.monotonic() - began < 3


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX links")
def test_a_link_in_the_lock_s_place_is_not_followed(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(path.parent / "elsewhere")
    with pytest.raises(OSError, match=path.name):
        FileLock(path).try_acquire()
    assert not (path.parent / "elsewhere").exists()


def test_an_error_inside_gives_the_lock_back(path: Path) -> None:
    lock = FileLock(path)
    with pytest.raises(KeyError), lock.hold(1):
        raise KeyError
    assert not lock.held
    assert FileLock(path).try_acquire()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_the_lock_s_file_is_private_and_stays(path: Path) -> None:
    with FileLock(path).hold(1):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_a_killed_process_gives_the_lock_back(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert not FileLock(path).try_acquire()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        assert FileLock(path).try_acquire()


@pytest.mark.skipif(sys.platform == "win32", reason="handles are not inherited there")
def test_a_child_process_does_not_inherit_the_lock(path: Path) -> None:
    lock = FileLock(path)
    assert lock.try_acquire()
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
    ) as child:
        lock.release()
        assert FileLock(path).try_acquire()
        child.kill()
