"""`hivesync service …` with a real systemd user manager: installed, back after a crash, and gone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hivesync.locations import Locations
from hivesync_agent.service.autostart import Installed, ServiceError
from hivesync_agent.service.job import Job, new_job
from hivesync_agent.service.systemd import UserUnit
from hivesync_agent.service.unit_text import unit_text
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.agents import locations_in
from hivesync_dev.systemd_user import UserManager, user_manager, why_not
from hivesync_dev.waiting import until

needs_manager = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
needs_verify = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="apt-get install systemd: systemd-analyze"
)
AWKWARD = "büro 50% $HOME \"quoted\" 'single' back\\slash"


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[UserManager]:
    """A user manager of this test's own, in a folder whose name needs every kind of quoting."""
    with user_manager(tmp_path / "m") as running:
        yield running


@pytest.fixture
async def machine(manager: UserManager, tmp_path: Path) -> AsyncIterator[CommandLine]:
    """The command of a user whose folders have awkward names; whatever it leaves behind is removed."""
    line = CommandLine(tmp_path / AWKWARD, "http://127.0.0.1:9", dict(manager.environ))
    yield line
    await line.run("service", "uninstall")


def job(tmp_path: Path, **environ: str) -> Job:
    """Give the job of a user with these variables."""
    return new_job("default", locations_in(tmp_path), environ)


async def pid_of(machine: CommandLine) -> int | None:
    """Give the agent's pid, None while none runs."""
    outcome = await machine.run("agent", "status", "--json")
    return outcome.json()["status"]["pid"] if outcome.code == 0 else None


@needs_manager
async def test_the_whole_life_of_a_service(machine: CommandLine, manager: UserManager) -> None:
    before = await machine.run("service", "status", "--json")
    assert (before.code, before.json()["installed"]) == (1, False)
    installed = await machine.run("service", "install", "--json")
    assert installed.code == 0, installed.err
    state = installed.json()["service"]
    assert (state["kind"], state["installed"], state["enabled"], state["running"]) == (
        "systemd",
        True,
        True,
        True,
    )
    assert state["pid"] == await pid_of(machine)
    again = await machine.run("service", "install", "--json")
    assert again.code == 0, again.err
    assert (await machine.run("service", "status")).code == 0
    assert (await machine.run("service", "uninstall", "--json")).json() == {"removed": True}
    assert (await machine.run("service", "uninstall", "--json")).json() == {"removed": False}
    assert await pid_of(machine) is None
    assert not [path for path in manager.units.rglob("*") if not path.is_dir()]


@needs_manager
async def test_a_crash_brings_it_back_and_a_stop_does_not(machine: CommandLine) -> None:
    assert (await machine.run("service", "install")).code == 0
    first = await pid_of(machine)
    assert first is not None
    os.kill(first, signal.SIGKILL)

    async def is_back() -> bool:
        return await pid_of(machine) not in (None, first)

    await until(is_back, deadline_seconds=60)
    told = (await machine.run("service", "status", "--json")).json()
    assert "restarted 1 times" in told["detail"]
    assert (await machine.run("agent", "stop")).code == 0
    assert (await machine.run("service", "status", "--json")).json()["running"] is False
    # And `agent start` gives it back to systemd, instead of starting one that nobody keeps.
    assert (await machine.run("agent", "start")).code == 0
    told = (await machine.run("service", "status", "--json")).json()
    assert told["running"]
    assert told["pid"] == await pid_of(machine)


@needs_manager
async def test_a_restart_gives_it_back_to_systemd_every_time(machine: CommandLine) -> None:
    assert (await machine.run("service", "install")).code == 0
    for _ in range(3):
        restarted = await machine.run("agent", "restart", "--json")
        assert restarted.code == 0, restarted.err
        told = (await machine.run("service", "status", "--json")).json()
        assert (told["running"], told["pid"]) == (True, restarted.json()["pid"])


@needs_manager
async def test_an_agent_started_by_hand_is_taken_over(machine: CommandLine) -> None:
    await machine.run("agent", "start")
    by_hand = await pid_of(machine)
    installed = (await machine.run("service", "install", "--json")).json()
    assert installed["service"]["pid"] == await pid_of(machine) != by_hand


@needs_manager
async def test_settings_of_the_shell_are_carried_over_and_secrets_are_not(
    machine: CommandLine, manager: UserManager
) -> None:
    machine.environ |= {
        "HIVESYNC_TOKEN": "hs_secret-api-key",
        "HTTPS_PROXY": "http://ada:hunter2@proxy.example:3128",
        "NO_PROXY": "intranet.example",
        "AWS_SECRET_ACCESS_KEY": "other-secret",
    }
    installed = await machine.run("service", "install", "--json")
    assert installed.json()["left_out"] == ["HTTPS_PROXY"]
    assert "HTTPS_PROXY holds a password" in installed.err
    text = (manager.units / "hivesync-agent.service").read_text("utf-8")
    assert 'Environment="NO_PROXY=intranet.example"' in text
    for secret in ("hs_secret-api-key", "hunter2", "other-secret"):
        assert secret not in text
    # The agent lives in the folders that the variables name, however awkward those are.
    assert machine.locations.discovery_file("default").exists()
    machine.environ["NO_PROXY"] = "other.example"
    assert (await machine.run("service", "status", "--json")).json()["is_current"] is False


async def test_without_a_user_manager_it_says_what_to_do(hivesync: CommandLine, tmp_path: Path) -> None:
    hivesync.environ |= {"XDG_RUNTIME_DIR": str(tmp_path / "none"), "XDG_CONFIG_HOME": str(tmp_path / "c")}
    outcome = await hivesync.run("service", "install")
    assert outcome.code == 1
    assert "hivesync agent start" in outcome.err
    assert "loginctl enable-linger" in outcome.err
    assert not (tmp_path / "c").exists()
    assert (await hivesync.run("service", "status", "--json")).json()["installed"] is False
    assert (await hivesync.run("service", "uninstall", "--json")).json() == {"removed": False}


@needs_verify
@pytest.mark.parametrize("value", ["plain", AWKWARD, "$", "%h", "a;b #c", "tail\\"])
def test_systemd_finds_no_fault_with_the_unit(tmp_path: Path, value: str) -> None:
    program = tmp_path / value / "python"
    program.parent.mkdir()
    program.symlink_to(sys.executable)
    awkward = job(tmp_path, NO_PROXY=value)
    awkward = replace(awkward, command=(str(program), *awkward.command[1:], value))
    unit = tmp_path / "hivesync-agent.service"
    unit.write_text(unit_text(awkward), "utf-8")
    found = subprocess.run(
        ["systemd-analyze", "verify", "--user", str(unit)],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)},
    )
    mine = [line for line in found.stderr.splitlines() if "hivesync-agent" in line]
    assert (found.returncode, mine) == (0, [])


def test_control_characters_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="control characters"):
        unit_text(job(tmp_path, NO_PROXY="a\nExecStartPre=/bin/evil"))


@pytest.mark.parametrize("value", ["plain", AWKWARD, "$", "%h %%", "a;b #c", "tail\\", "a=b", '"'])
def test_what_is_installed_is_found_with_its_variables(tmp_path: Path, value: str) -> None:
    folder = tmp_path / "units"
    (folder / "default.target.wants").mkdir(parents=True)
    variables = {"NO_PROXY": value, "HIVESYNC_STATE_DIR": f"/home/{value}"}
    (folder / "hivesync-agent.work.service").write_text(unit_text(job(tmp_path, **variables)), "utf-8")
    # A crash in the middle of an uninstall leaves the link alone.
    (folder / "default.target.wants" / "hivesync-agent.service").symlink_to("/nowhere")
    for name in ("hivesync-agents.service", "hivesync-agent.UPPER.service", "hivesync-agent.work.timer"):
        (folder / name).touch()
    assert UserUnit(folder).installed() == [
        Installed("default", {}),
        Installed("work", {"HIVESYNC_STATE_DIR": f"/home/{value}", "NO_PROXY": value}),
    ]


def test_a_profile_has_a_unit_of_its_own(tmp_path: Path) -> None:
    work = new_job("work", Locations.detect({}, home=tmp_path), {})
    assert work.suffix == ".work"
    assert '"--profile" "work"' in unit_text(work)
