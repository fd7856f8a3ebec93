"""macOS's launch agent: a property list as launchd.plist(5) wants it; `launchctl` is a script here."""

from __future__ import annotations

import plistlib
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hivesync_agent.service.autostart import Installed, ServiceError, ServiceUnavailable
from hivesync_agent.service.job import Job, new_job
from hivesync_agent.service.launchd import LaunchAgent
from hivesync_agent.service.start_log import start_log
from hivesync_dev.servers.agents import locations_in

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell script plays launchctl")

LAUNCHCTL = """#!/bin/sh
echo "$*" >> "$RECORD"
case "$1 $2" in
  "print gui/501") exit ${NO_DESKTOP:-0} ;;
  "print gui/501/"*) test -e "$RECORD.loaded" || exit 113; printf 'state = running\\n\\tpid = 4711\\n' ;;
  "bootstrap gui/501")
    test -z "$REFUSES" || { echo "Bootstrap failed: 5" >&2; exit 5; }
    touch "$RECORD.loaded" ;;
  "bootout "*) rm -f "$RECORD.loaded" ;;
esac
"""


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `launchctl` was asked."""
    program = tmp_path / "bin" / "launchctl"
    program.parent.mkdir()
    program.write_text(LAUNCHCTL)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setenv("RECORD", str(tmp_path / "record"))
    return tmp_path / "record"


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A job with a value that needs care in XML."""
    return new_job("default", locations_in(tmp_path), {"NO_PROXY": 'bü <ro> & "50%"'})


def test_its_life(tmp_path: Path, record: Path, job: Job) -> None:
    agent = LaunchAgent(tmp_path, 501)
    assert not agent.state(job).installed
    agent.install(job)
    agent.install(job)
    state = agent.state(job)
    assert (state.installed, state.enabled, state.running, state.is_current, state.pid) == (
        True,
        True,
        True,
        True,
        4711,
    )
    assert agent.start(job)
    assert agent.uninstall(job)
    assert not agent.uninstall(job)
    assert not agent.start(job)
    assert not agent.state(job).enabled
    assert not Path(state.path).exists()
    assert "bootstrap gui/501 " + state.path in record.read_text().splitlines()


@pytest.mark.usefixtures("record")
def test_what_is_installed_is_found_with_its_variables(tmp_path: Path, job: Job) -> None:
    agent = LaunchAgent(tmp_path, 501)
    assert agent.installed() == []
    for each in (job, replace(job, profile="work")):
        agent.install(each)
    folder = Path(agent.state(job).path).parent
    (folder / "dev.hivesync.agent.broken.plist").write_bytes(b"not a property list")
    for name in ("dev.hivesync.agents.plist", "dev.hivesync.agent.UPPER.plist"):
        (folder / name).write_bytes(plistlib.dumps({"Label": "somebody's"}))
    assert agent.installed() == [
        Installed("broken", {}),
        Installed("default", {"NO_PROXY": 'bü <ro> & "50%"'}),
        Installed("work", {"NO_PROXY": 'bü <ro> & "50%"'}),
    ]


@pytest.mark.usefixtures("record")
def test_the_property_list_says_what_launchd_needs(tmp_path: Path, job: Job) -> None:
    agent = LaunchAgent(tmp_path, 501)
    agent.install(job)
    written = plistlib.loads(Path(agent.state(job).path).read_bytes())
    assert written["Label"] == "dev.hivesync.agent"
    assert tuple(written["ProgramArguments"]) == job.command
    assert written["EnvironmentVariables"] == {"NO_PROXY": 'bü <ro> & "50%"'}
    assert written["KeepAlive"] == {"SuccessfulExit": False}
    assert written["RunAtLoad"] is True
    assert written["Umask"] == 0o077
    # The file that the agent keeps small by itself: launchd only appends to it.
    assert written["StandardOutPath"] == written["StandardErrorPath"]
    assert written["StandardErrorPath"] == str(start_log(locations_in(tmp_path), "default"))


def test_without_a_desktop_it_says_so_and_writes_nothing(
    tmp_path: Path, record: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_DESKTOP", "1")
    with pytest.raises(ServiceUnavailable, match="hivesync agent start"):
        LaunchAgent(tmp_path, 501).install(job)
    assert not (tmp_path / "Library").exists()


@pytest.mark.usefixtures("record")
def test_what_launchctl_complains_of_is_told(
    tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REFUSES", "1")
    with pytest.raises(ServiceError, match="Bootstrap failed: 5"):
        LaunchAgent(tmp_path, 501).install(job)
