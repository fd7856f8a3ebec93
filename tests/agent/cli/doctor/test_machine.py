"""What the doctor finds on the machine itself: each really broken, and broken nowhere else."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hivesync.credentials import FileLock
from hivesync_dev.command_line import CommandLine
from hivesync_dev.diagnosis import Doctor
from hivesync_dev.full_disk import fill, small_disk
from hivesync_dev.namespaces import no_network, with_user_limit
from hivesync_dev.servers.fake_agent import FakeAgent, agent_status
from hivesync_dev.servers.fake_backend import FakeBackend
from hivesync_dev.servers.impostor import Impostor, http_answer
from hivesync_dev.servers.scripted import json_answer

linux = pytest.mark.skipif(sys.platform != "linux", reason="a matter of Linux")


@pytest.mark.usefixtures("signed_in")
async def test_no_agent_is_worth_a_note(doctor: Doctor) -> None:
    found = await doctor.look()
    assert (found["agent"].grade, found["agent"].remedy) == ("note", "`hivesync agent start`")


@pytest.mark.usefixtures("signed_in")
async def test_an_impostor_on_the_agent_s_port_is_named(doctor: Doctor, agent: FakeAgent) -> None:
    await agent.crash()
    async with Impostor(agent.port, http_answer(b"{}")) as impostor:
        found = await doctor.look()
        assert "not the agent" in found["agent"].text
        assert agent.token.encode() not in impostor.received


@pytest.mark.usefixtures("signed_in")
async def test_a_living_agent_that_can_not_be_found_is_wrong(
    doctor: Doctor, hivesync: CommandLine, agent: FakeAgent
) -> None:
    agent.discovery_path.write_bytes(b"{")
    with FileLock(hivesync.locations.agent_lock("default")).hold(1):
        found = await doctor.look()
    assert "damaged" in found["agent"].text
    assert found["agent"].remedy == "`hivesync agent restart`"


async def test_an_agent_of_another_backend_is_named(doctor: Doctor, agent: FakeAgent) -> None:
    agent.on("GET", "/v1/status", json_answer(agent_status("https://other.example")))
    found = await doctor.look()
    assert "https://other.example" in found["agent"].text


@pytest.mark.usefixtures("signed_in")
async def test_where_nobody_names_a_backend_the_agent_s_is_looked_at(
    hivesync: CommandLine, agent: FakeAgent, backend: FakeBackend
) -> None:
    agent.server_url = backend.origin
    agent.publish()
    agent.on("GET", "/v1/status", json_answer(agent_status(backend.origin)))
    hivesync.environ["HIVESYNC_SERVER_URL"] = ""
    outcome = await hivesync.run("doctor")
    assert f"The way to the backend ({backend.origin})" in outcome.out
    assert "ok    backend" in outcome.out


async def test_an_agent_that_alone_does_not_reach_the_backend_was_started_otherwise(
    doctor: Doctor, agent: FakeAgent, backend: FakeBackend
) -> None:
    agent.on("GET", "/v1/status", json_answer(replace(agent_status(backend.origin), online=False)))
    found = await doctor.look()
    assert found["relay"].grade == "wrong"
    assert found["session"].follows_from == "relay"
    assert "hivesync agent restart" in found["relay"].remedy


@pytest.mark.usefixtures("signed_in")
async def test_an_agent_of_another_version_is_named(
    doctor: Doctor, agent: FakeAgent, backend: FakeBackend
) -> None:
    agent.on("GET", "/v1/status", json_answer(agent_status(backend.origin)))
    found = await doctor.look()
    assert "the agent that runs is 0.0.0" in found["versions"].text
    assert "restart" in found["versions"].remedy


@pytest.mark.usefixtures("signed_in")
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
async def test_open_folders_are_named_with_one_command_for_all(doctor: Doctor, hivesync: CommandLine) -> None:
    for folder in (hivesync.locations.state, hivesync.locations.log):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
    found = await doctor.look()
    places = hivesync.locations
    assert found["folders"].remedy == f"chmod 700 '{places.state}' '{places.log}'"


@pytest.mark.usefixtures("signed_in")
async def test_a_file_where_a_folder_belongs_is_named(doctor: Doctor, hivesync: CommandLine) -> None:
    hivesync.locations.log.write_text("")
    found = await doctor.look()
    assert found["folders"].text == f"{hivesync.locations.log}: it is not a folder"
    assert found["folders"].remedy == f"Move {hivesync.locations.log} away."


@linux
async def test_a_full_disk_is_the_cause_of_what_it_breaks(doctor: Doctor, hivesync: CommandLine) -> None:
    with small_disk(hivesync.locations.state, 512) as disk:
        ballast = fill(disk)
        found = await doctor.look()
        assert found["disk"].grade == "wrong"
        assert "No space left on device" in found["disk"].text
        assert str(disk) in found["disk"].remedy
        ballast.unlink()
        assert (await doctor.look())["disk"].grade == "note"  # 0.5 MB: nearly full
        assert list(disk.iterdir()) == []


@linux
async def test_files_that_may_not_grow_count_as_a_full_disk(doctor: Doctor, hivesync: CommandLine) -> None:
    """A quota shows no more than this limit does: there is room, and not for us."""
    # Python must not write what it has compiled: cut off at the limit, it would break every later run.
    hivesync.inside = ("sh", "-c", 'export PYTHONDONTWRITEBYTECODE=1; ulimit -f 8; exec "$@"', "sh")
    assert (await doctor.command(healthy=False))["disk"].grade == "wrong"


@linux
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    ("limit", "setting"),
    [("max_inotify_instances", "max_user_instances"), ("max_inotify_watches", "max_user_watches")],
)
async def test_an_exhausted_limit_of_file_events_is_named_with_the_setting(
    doctor: Doctor, hivesync: CommandLine, limit: str, setting: str
) -> None:
    hivesync.inside = with_user_limit(limit, 0)
    found = await doctor.command(healthy=True)
    assert found["file events"].grade == "note"
    assert f"fs.inotify.{setting}=" in found["file events"].remedy


@linux
async def test_without_loopback_that_is_the_cause(doctor: Doctor, hivesync: CommandLine) -> None:
    hivesync.inside = no_network()
    found = await doctor.command(healthy=False)
    assert found["loopback"].follows_from is None
    assert found["connection"].follows_from == found["session"].follows_from == "loopback"


async def test_a_machine_without_a_keychain_is_told_what_that_means(doctor: Doctor) -> None:
    found = await doctor.command(healthy=False)  # nobody is signed in
    assert found["credentials"].grade == "note"
    assert "--plaintext-storage" in found["credentials"].remedy
    assert (found["session"].grade, found["session"].remedy) == ("wrong", "`hivesync login`")


@pytest.mark.usefixtures("signed_in")
async def test_looking_leaves_nothing_behind(doctor: Doctor, hivesync: CommandLine) -> None:
    before = _everything_in(hivesync.folder)
    await doctor.look()
    # What a renewal of the session stores is not the doctor's.
    assert {path for path in _everything_in(hivesync.folder) - before if "session-" not in path.name} == set()


def _everything_in(folder: Path) -> set[Path]:
    return {Path(root) / name for root, folders, files in os.walk(folder) for name in (*folders, *files)}
