"""Windows' Run key with a registry in memory, and the keeper that it starts with real processes."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hivesync.credentials.lock import FileLock
from hivesync_agent.service.autostart import Installed, ServiceError
from hivesync_agent.service.job import RESTARTS_MAX, Job, new_job
from hivesync_agent.service.keeper import EXIT_GAVE_UP, is_kept, keep
from hivesync_agent.service.windows import RUN_KEY, RunKey
from hivesync_dev.memory_registry import MemoryRegistry
from hivesync_dev.servers.agents import locations_in

APPROVED = RUN_KEY.replace("CurrentVersion", r"CurrentVersion\Explorer\StartupApproved")


@pytest.fixture
def registry() -> MemoryRegistry:
    """An empty hive."""
    return MemoryRegistry()


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    """A job whose program notes its start and then waits for the file `end`."""
    program = (
        "import os, pathlib, sys, time; here = pathlib.Path(sys.argv[1]); "
        "(here / f'started-{os.getpid()}').write_text(os.environ['NO_PROXY']);"
        "\nwhile not (here / 'end').exists(): time.sleep(0.01)"
    )
    found = new_job("default", locations_in(tmp_path), {"NO_PROXY": "bü & 50%"})
    yield replace(found, command=(found.command[0], "-c", program, str(tmp_path)))
    (tmp_path / "end").touch()


def wait_for(condition: Callable[[], bool]) -> None:
    """Return when the condition holds; the test's own time limit ends what never does."""
    while not condition():
        time.sleep(0.01)


def started(folder: Path) -> list[str]:
    """Give what each start has noted."""
    return [path.read_text() for path in folder.glob("started-*")]


def test_its_life(tmp_path: Path, registry: MemoryRegistry, job: Job) -> None:
    key = RunKey(registry)
    assert not key.state(job).installed
    key.install(job)
    wait_for(lambda: started(tmp_path) == ["bü & 50%"])
    key.install(job)
    state = key.state(job)
    assert (state.installed, state.enabled, state.running, state.is_current) == (True, True, True, True)
    (tmp_path / "end").touch()
    wait_for(lambda: not key.state(job).running)
    assert len(started(tmp_path)) == 1
    assert key.uninstall(job)
    assert not key.uninstall(job)
    assert not key.start(job)
    assert registry.values == {}
    assert not list(job.output.parent.glob("*.json"))


def test_what_is_installed_is_found_with_its_variables(
    tmp_path: Path, registry: MemoryRegistry, job: Job
) -> None:
    (tmp_path / "end").touch()
    key = RunKey(registry)
    work = replace(job, profile="work", output=tmp_path / "with space" / "agent.work.start.log")
    work.output.parent.mkdir()
    for each in (job, work):
        key.install(each)
    for name in ("HiveSyncer", "HiveSync.UPPER", "Other"):
        registry.set(RUN_KEY, name, "somebody.exe")
    registry.set(RUN_KEY, "HiveSync.bare", "keeper.exe C:\\gone.json")
    assert key.installed() == [
        Installed("default", {"NO_PROXY": "bü & 50%"}),
        Installed("bare", {}),
        Installed("work", {"NO_PROXY": "bü & 50%"}),
    ]
    for each in (job, work):
        key.uninstall(each)
    wait_for(lambda: not any(key.state(each).running for each in (job, work)))
    assert key.installed() == [Installed("bare", {})]


def test_switched_off_in_the_task_manager_is_told(tmp_path: Path, registry: MemoryRegistry, job: Job) -> None:
    (tmp_path / "end").touch()
    key = RunKey(registry)
    key.install(job)
    registry.values[APPROVED, "HiveSync"] = b"\x03" + b"\0" * 11
    assert not key.state(job).enabled
    assert "Task Manager" in key.state(job).detail
    registry.values[APPROVED, "HiveSync"] = b"\x02" + b"\0" * 11
    assert key.state(job).enabled


def test_a_command_that_windows_would_not_run_is_refused(registry: MemoryRegistry, job: Job) -> None:
    with pytest.raises(ServiceError, match="shorter path"):
        RunKey(registry).install(replace(job, command=("C:\\" + "x" * 260, *job.command[1:])))
    assert registry.values == {}


def write(path: Path, program: str) -> Path:
    """Write a job file that runs a line of Python."""
    path.write_text(json.dumps({"command": [sys.executable, "-c", program], "environment": {}}))
    return path


def test_the_keeper_brings_back_what_crashes_until_it_ends_in_order(tmp_path: Path) -> None:
    count = tmp_path / "count"
    program = f"import sys; f = open({str(count)!r}, 'a'); f.write('x'); sys.exit(3 if f.tell() < 3 else 0)"
    assert keep(write(tmp_path / "job.json", program), restart_seconds=0) == 0
    assert count.read_text() == "xxx"


def test_the_keeper_gives_up_what_only_crashes(tmp_path: Path) -> None:
    count = tmp_path / "count"
    program = f"open({str(count)!r}, 'a').write('x'); raise SystemExit(1)"
    assert keep(write(tmp_path / "job.json", program), restart_seconds=0) == EXIT_GAVE_UP
    assert count.read_text() == "x" * RESTARTS_MAX


def test_a_second_keeper_leaves_and_without_a_job_the_first_one_does(tmp_path: Path) -> None:
    path = write(tmp_path / "job.json", "input()")
    command = [sys.executable, "-m", "hivesync_agent.service.keeper", str(path)]
    program = f"import pathlib; pathlib.Path({str(path)!r}).unlink(); raise SystemExit(1)"
    write(
        path,
        f"import time, os\nwhile not os.path.exists({str(tmp_path / 'go')!r}): time.sleep(0.01)\n{program}",
    )
    with subprocess.Popen(command) as first:
        while not is_kept(path):
            assert first.poll() is None
        assert keep(path) == 0
        (tmp_path / "go").touch()
        assert first.wait(timeout=30) == 0
    assert not is_kept(path)


def test_a_keeper_waits_for_one_that_is_about_to_leave(tmp_path: Path) -> None:
    count = tmp_path / "count"
    path = write(tmp_path / "job.json", f"open({str(count)!r}, 'a').write('x')")
    leaving = FileLock(path.with_suffix(".lock"))
    assert leaving.try_acquire()
    threading.Timer(0.1, leaving.release).start()
    assert keep(path) == 0
    assert count.read_text() == "x"
