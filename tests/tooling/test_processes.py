"""Children are stopped with everything they started, also when the stack itself is killed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hivesync_dev.stack.processes import Child, Command, ProcessFailed, session_pids
from hivesync_dev.stack.readiness import Waiting, wait_until_ready

FAMILY = """
import subprocess, sys, time
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("grandchild", grandchild.pid, flush=True)
time.sleep(600)
"""
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""
STACK_OF_ONE = """
import sys, time
from pathlib import Path
from hivesync_dev.stack.processes import Child, Command
from hivesync_dev.stack.watchdog import Watchdog
watchdog = Watchdog()
folder = Path(sys.argv[2])
child = Child(Command("child", [sys.executable, "-c", sys.argv[1]], {}, folder, folder / "log"))
watchdog.watch(child.pid)
print(child.pid, flush=True)
time.sleep(600)
"""
StartChild = Callable[[str], Child]


@pytest.fixture
def start_child(tmp_path: Path) -> Iterator[StartChild]:
    children: list[Child] = []

    def start(program: str) -> Child:
        command = Command("child", [sys.executable, "-c", program], {}, tmp_path, tmp_path / "log")
        children.append(Child(command))
        return children[-1]

    yield start
    for child in children:
        child.kill()


def wait_for(condition: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < ends, f"never: {what}"
        time.sleep(0.02)


def log_says(child: Child, text: str) -> Callable[[], bool]:
    return lambda: text in child.command.log.read_text()


def test_stop_ends_what_the_child_started(start_child: StartChild) -> None:
    child = start_child(FAMILY)
    wait_for(log_says(child, "grandchild"), "the grandchild starts")
    assert len(session_pids(child.pid)) == 2

    child.stop()

    assert session_pids(child.pid) == []


def test_stop_ends_a_child_that_ignores_sigterm(start_child: StartChild) -> None:
    child = start_child(DEAF)
    wait_for(log_says(child, "deaf"), "the child ignores SIGTERM")

    child.stop(deadline_seconds=0.1)

    assert not child.is_running()


def test_stop_may_be_called_twice(start_child: StartChild) -> None:
    child = start_child("pass")
    child.stop()
    child.stop()
    assert not child.is_running()


def test_a_killed_stack_leaves_nothing_behind(tmp_path: Path) -> None:
    stack = subprocess.Popen(
        [sys.executable, "-c", STACK_OF_ONE, FAMILY, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert stack.stdout is not None
    with stack.stdout:
        session = int(stack.stdout.readline())
    wait_for(lambda: len(session_pids(session)) == 2, "child and grandchild run")

    stack.kill()
    stack.wait()

    wait_for(lambda: session_pids(session) == [], "the watchdog ended the session")


def test_a_child_that_ends_early_is_reported_with_its_last_words(start_child: StartChild) -> None:
    child = start_child("import sys; sys.exit('no such secret')")
    waiting = Waiting(child, lambda: False, lambda _seconds: None)

    with pytest.raises(ProcessFailed, match="exit code 1") as caught:
        wait_until_ready([waiting], 20, lambda: None)

    assert "no such secret" in str(caught.value)


def test_a_child_that_never_gets_ready_is_reported(start_child: StartChild) -> None:
    waiting = Waiting(start_child(DEAF), lambda: False, lambda _seconds: None)
    with pytest.raises(ProcessFailed, match="not ready after"):
        wait_until_ready([waiting], 0.05, lambda: None)


def test_waiting_can_be_given_up(start_child: StartChild) -> None:
    class GivenUp(Exception):
        pass

    def give_up() -> None:
        raise GivenUp

    with pytest.raises(GivenUp):
        wait_until_ready([Waiting(start_child(DEAF), lambda: False, lambda _seconds: None)], 20, give_up)
