"""One agent per user and profile: found while it lives, gone without a trace, replaced after a crash."""

from __future__ import annotations

import json
import resource
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from hivesync.credentials.lock import FileLock
from hivesync.locations import Locations
from hivesync_agent.lifecycle.acl import account_name, owner_only
from hivesync_agent.lifecycle.discovery import new_discovery, publish, read, withdraw
from hivesync_dev.full_disk import fill, small_disk
from hivesync_dev.servers.agents import (
    AGENT,
    CLIENT,
    AgentProcess,
    environment_in,
    locations_in,
    start_agent_process,
)

NOBODY_THERE = "http://127.0.0.1:9"
RUN = [sys.executable, "-c", "from hivesync_agent.main import run; raise SystemExit(run())"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of an agent whose backend is away."""
    return environment_in(tmp_path, NOBODY_THERE)


@pytest.fixture
def locations(tmp_path: Path) -> Locations:
    """The folders of that agent."""
    return locations_in(tmp_path)


@pytest.fixture
def started(environment: dict[str, str]) -> Iterator[AgentProcess]:
    """An agent in a process of its own."""
    running = start_agent_process(environment)
    yield running
    end(running)


def end(agent: AgentProcess) -> tuple[str, str]:
    """End the process, however far it is; give what it printed."""
    if agent.process.poll() is None:
        agent.process.kill()
    return agent.process.communicate(timeout=10)


def ask(agent: AgentProcess, path: str, method: str = "GET") -> int:
    """Make one well-formed request."""
    headers = {"X-HiveSync-Client": CLIENT, "Authorization": f"Bearer {agent.discovery.token}"}
    url = agent.discovery.url + path
    return httpx.request(method, url, headers=headers, trust_env=False).status_code


def mode(path: Path) -> int:
    """Give the permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_its_files_are_the_users_alone(started: AgentProcess, locations: Locations, tmp_path: Path) -> None:
    modes = {path: mode(path) for path in tmp_path.rglob("*")}
    assert {*modes} >= {locations.runtime, locations.log, locations.agent_lock("default")}
    assert {path for path in modes if modes[path] != (0o700 if path.is_dir() else 0o600)} == set()


@pytest.mark.skipif(sys.platform == "win32", reason="no core files on Windows")
def test_its_memory_is_never_written_to_disk(environment: dict[str, str]) -> None:
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    try:
        started = start_agent_process(environment)
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)
    try:
        assert psutil.Process(started.process.pid).rlimit(psutil.RLIMIT_CORE) == (0, before[1])
    finally:
        end(started)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of this kind on Windows")
@pytest.mark.parametrize(("hard", "wanted"), [(400, 400), (8192, 4096)])
def test_it_takes_as_many_open_files_as_its_clients_need(
    environment: dict[str, str], hard: int, wanted: int
) -> None:
    """macOS begins with 256, and 512 clients may come."""
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (256, {hard}))"
    started = start_agent_process(environment, program=f"{limited}\n{AGENT}")
    try:
        assert psutil.Process(started.process.pid).rlimit(psutil.RLIMIT_NOFILE) == (wanted, hard)
    finally:
        end(started)


def test_the_discovery_file_says_what_the_contract_says(started: AgentProcess, locations: Locations) -> None:
    data = json.loads(locations.discovery_file("default").read_text())
    assert data["schema"] == 1
    assert data["pid"] == started.process.pid
    assert data["url"] == f"http://127.0.0.1:{data['port']}/hivesync-desktop-api"
    assert len(data["token"]) == 43
    assert data["protocol"] == {"min": 1, "max": 1}
    assert data["profile"] == "default"
    assert data["started_at"].endswith("Z")


def test_it_listens_on_the_loopback_address_only(started: AgentProcess) -> None:
    assert ask(started, "/v1/status") == 200
    for family, address in ((socket.AF_INET6, "::1"), (socket.AF_INET, "127.0.0.2")):
        with socket.socket(family) as client:
            assert client.connect_ex((address, started.discovery.port)) != 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(
    started: AgentProcess, locations: Locations, number: signal.Signals
) -> None:
    started.process.send_signal(number)
    assert started.process.wait(timeout=10) == 0
    assert not locations.discovery_file("default").exists()
    assert end(started) == ("", "")


def test_shutdown_ends_it_in_order(started: AgentProcess, locations: Locations) -> None:
    assert ask(started, "/v1/shutdown", "POST") == 202
    assert started.process.wait(timeout=10) == 0
    assert not locations.discovery_file("default").exists()


def test_an_open_event_stream_does_not_hold_the_end_up(started: AgentProcess) -> None:
    with socket.create_connection(("127.0.0.1", started.discovery.port)) as client:
        lines = [
            "GET /hivesync-desktop-api/v1/events HTTP/1.1",
            f"Host: 127.0.0.1:{started.discovery.port}",
            f"X-HiveSync-Client: {CLIENT}",
            f"Authorization: Bearer {started.discovery.token}",
        ]
        client.sendall("\r\n".join([*lines, "", ""]).encode())
        assert client.recv(1024).startswith(b"HTTP/1.1 200")
        started.process.terminate()
        assert started.process.wait(timeout=5) == 0


def test_the_second_agent_says_where_the_first_is(
    started: AgentProcess, environment: dict[str, str], locations: Locations
) -> None:
    before = locations.discovery_file("default").read_bytes()
    second = subprocess.run(RUN, env=environment, capture_output=True, text=True, timeout=20, check=False)
    assert second.returncode == 0
    assert started.discovery.url in second.stdout
    assert started.discovery.token not in second.stdout + second.stderr
    assert locations.discovery_file("default").read_bytes() == before
    assert ask(started, "/v1/status") == 200


def test_another_profile_is_another_agent(started: AgentProcess, environment: dict[str, str]) -> None:
    command = [sys.executable, "-c", "from hivesync_agent.main import run; run(profile='work')"]
    second = subprocess.Popen(command, env=environment)
    path = Locations.detect(environment).discovery_file("work")
    try:
        while (found := read(path)) is None:
            assert second.poll() is None
        assert found.profile == "work"
        assert found.port != started.discovery.port
    finally:
        second.terminate()
        assert second.wait(timeout=10) == 0


def test_after_kill_9_the_next_agent_replaces_the_file(
    started: AgentProcess, environment: dict[str, str], locations: Locations
) -> None:
    started.process.kill()
    started.process.wait(timeout=10)
    assert read(locations.discovery_file("default")) == started.discovery
    second = start_agent_process(environment)
    try:
        assert second.discovery.token != started.discovery.token
        assert second.discovery.instance_id != started.discovery.instance_id
        assert ask(second, "/v1/status") == 200
    finally:
        end(second)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"schema": 1}', b'{"schema": 99, "port": 1}', b"x" * 100_000],
)
def test_a_corrupt_file_is_replaced(
    environment: dict[str, str], locations: Locations, content: bytes
) -> None:
    path = locations.discovery_file("default")
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    path.chmod(0o644)
    assert read(path) is None
    agent = start_agent_process(environment)
    assert mode(path) == 0o600
    end(agent)


@pytest.mark.skipif(sys.platform == "win32", reason="symlinks")
def test_a_planted_link_is_replaced_and_not_followed(
    environment: dict[str, str], locations: Locations, tmp_path: Path
) -> None:
    target = tmp_path / "target"
    target.write_text("untouched")
    path = locations.discovery_file("default")
    path.parent.mkdir(parents=True)
    path.symlink_to(target)
    agent = start_agent_process(environment)
    assert target.read_text() == "untouched"
    assert not path.is_symlink()
    end(agent)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HIVESYNC_SERVER_URL", "http://example.com"),
        ("HIVESYNC_SERVER_URL", "ftp://127.0.0.1"),
        ("HIVESYNC_SERVER_URL", "https://user:secret@example.com"),
        ("HIVESYNC_PROFILE", "../evil"),
    ],
)
def test_settings_that_cant_be_used_are_named(environment: dict[str, str], variable: str, value: str) -> None:
    result = subprocess.run(
        RUN, env=environment | {variable: value}, capture_output=True, text=True, timeout=20, check=False
    )
    assert result.returncode == 2
    assert variable in result.stderr
    assert "Traceback" not in result.stderr
    assert "secret" not in result.stderr


@pytest.mark.parametrize("variable", ["HIVESYNC_RUNTIME_DIR", "HIVESYNC_LOG_DIR"])
def test_a_folder_that_cant_be_made_is_named(
    environment: dict[str, str], tmp_path: Path, variable: str
) -> None:
    in_the_way = tmp_path / "a-file"
    in_the_way.write_text("not a folder")
    result = subprocess.run(
        RUN,
        env=environment | {variable: str(in_the_way / "folder")},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert result.returncode == 1
    assert str(in_the_way) in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no tmpfs on Windows")
def test_a_full_disk_is_named_with_the_file_that_did_not_fit(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 16) as disk:
        fill(disk)
        result = subprocess.run(
            RUN,
            env=environment | {"HIVESYNC_RUNTIME_DIR": str(disk)},
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    assert result.returncode == 1
    expected = f"hivesync agent: No space left on device: {disk / 'desktop-agent.json'}"
    assert result.stderr.splitlines() == [expected]


def test_a_discovery_file_that_cant_be_written_ends_the_agent(
    environment: dict[str, str], locations: Locations
) -> None:
    locations.discovery_file("default").mkdir(parents=True)
    result = subprocess.run(RUN, env=environment, capture_output=True, text=True, timeout=20, check=False)
    assert result.returncode == 1
    assert "desktop-agent.json" in result.stderr
    assert "Traceback" not in result.stderr
    lock = FileLock(locations.agent_lock("default"))
    assert lock.try_acquire()
    lock.release()


def test_a_file_of_a_later_agent_is_left_alone(locations: Locations) -> None:
    path = locations.discovery_file("default")
    first, second = new_discovery(1, "default", "http://x"), new_discovery(2, "default", "http://x")
    publish(path, first)
    publish(path, second)
    withdraw(path, first)
    assert read(path) == second
    withdraw(path, second)
    assert not path.exists()


def test_the_lock_is_held_as_long_as_the_agent_lives(started: AgentProcess, locations: Locations) -> None:
    lock = FileLock(locations.agent_lock("default"))
    assert not lock.try_acquire()
    started.process.kill()
    started.process.wait(timeout=10)
    assert lock.try_acquire()
    lock.release()


def test_on_windows_the_folder_is_left_to_its_user() -> None:
    command = owner_only(Path("C:/Users/ada/run"), account_name({"USERNAME": "ada", "USERDOMAIN": "ENGINE"}))
    assert command == [
        "icacls",
        str(Path("C:/Users/ada/run")),
        "/inheritance:r",
        "/grant:r",
        "ENGINE\\ada:(OI)(CI)F",
        "/Q",
    ]
    assert account_name({"USERNAME": "ada"}) == "ada"
