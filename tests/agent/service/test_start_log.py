"""The file for what an agent prints that can't start: small however often it is started, as launchd does."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hivesync_agent.service.start_log import LIMIT_BYTES, start_log
from hivesync_dev.servers.agents import environment_in, locations_in

RUN = [sys.executable, "-c", "from hivesync_agent.main import run; raise SystemExit(run(profile='default'))"]
OLD = b"".join(b"an earlier start, line %d\n" % number for number in range(LIMIT_BYTES // 16))
REASON = b"hivesync agent: HIVESYNC_SERVER_URL"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """The file, with more in it than it may hold."""
    path = start_log(locations_in(tmp_path), "default")
    path.parent.mkdir(mode=0o700)
    path.write_bytes(OLD)
    path.chmod(0o600)
    return path


def fail_to_start(tmp_path: Path, output: Path) -> int:
    """Start an agent with an address that can't be, appending what it prints to a file; give the code."""
    environ = environment_in(tmp_path, "ftp://example.com")
    with output.open("ab") as file:
        return subprocess.run(RUN, env=environ, stdout=file, stderr=file, check=False, timeout=30).returncode


def test_it_stays_small_and_keeps_the_last_reasons(tmp_path: Path, output: Path) -> None:
    assert fail_to_start(tmp_path, output) == 2
    first = output.read_bytes()
    assert len(first) <= LIMIT_BYTES
    assert first.count(REASON) == 1
    earlier = first.splitlines(keepends=True)[:-1]
    assert earlier
    assert b"".join(earlier) == OLD[-len(b"".join(earlier)) :]
    assert fail_to_start(tmp_path, output) == 2
    assert output.read_bytes().startswith(first)
    assert output.read_bytes().count(REASON) == 2
    assert stat.S_IMODE(os.stat(output).st_mode) == 0o600


def test_a_file_of_the_users_own_is_left_alone(tmp_path: Path, output: Path) -> None:
    own = tmp_path / "own.log"
    own.write_bytes(OLD)
    assert fail_to_start(tmp_path, own) == 2
    assert own.read_bytes().startswith(OLD)
    assert output.read_bytes() == OLD
