"""Of several that start at once exactly one is the agent, and what a dead one left is no bar."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hivesync.locations import Locations
from hivesync_agent.lifecycle.discovery import read
from hivesync_dev.servers.agents import environment_in, locations_in, start_agent_process

RUN = [sys.executable, "-c", "from hivesync_agent.main import run; raise SystemExit(run())"]
AT_ONCE = 3


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return environment_in(tmp_path, "http://127.0.0.1:9")


@pytest.fixture
def locations(tmp_path: Path) -> Locations:
    return locations_in(tmp_path)


def test_of_several_that_start_at_once_one_stays_and_the_others_say_so(
    environment: dict[str, str], locations: Locations
) -> None:
    started = [
        subprocess.Popen(RUN, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(AT_ONCE)
    ]
    # The others end by themselves, in whatever order; who does not is the agent.
    while len(running := [process for process in started if process.poll() is None]) > 1:
        time.sleep(0.01)
    (agent,) = running
    for process in started:
        if process is not agent:
            out, err = process.communicate()
            assert (process.returncode, "already running" in out) == (0, True), err
    path = locations.discovery_file("default")
    while (found := read(path)) is None:
        assert agent.poll() is None
    assert found.pid == agent.pid
    agent.send_signal(signal.SIGTERM)
    assert agent.wait(timeout=20) == 0
    agent.communicate()
    assert not path.exists()


def test_a_lock_file_that_nobody_holds_is_no_lock(environment: dict[str, str], locations: Locations) -> None:
    path = locations.agent_lock("default")
    path.parent.mkdir(mode=0o700)
    path.write_text(str(os.getpid()))  # of a process that lives, as a reused pid does
    agent = start_agent_process(environment)
    agent.process.kill()
    agent.process.communicate()
    assert agent.discovery.pid == agent.process.pid


@pytest.mark.parametrize("what", ["link", "folder"])
def test_what_is_no_lock_file_is_not_taken_for_one(
    environment: dict[str, str], locations: Locations, tmp_path: Path, what: str
) -> None:
    path = locations.agent_lock("default")
    path.parent.mkdir(mode=0o700)
    target = tmp_path / "target"
    if what == "link":
        path.symlink_to(target)
    else:
        path.mkdir()
    done = subprocess.run(RUN, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert str(path) in done.stderr
    assert "Traceback" not in done.stderr
    assert not target.exists()
    assert not locations.discovery_file("default").exists()
