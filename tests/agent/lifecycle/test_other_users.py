"""Another user of the same machine reads nothing of ours, and the port alone is worth nothing."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from hivesync_contract.discovery import API_PREFIX
from hivesync_dev.other_user import OTHER_UID, as_other_user, require_root
from hivesync_dev.servers.agents import (
    CLIENT,
    AgentNotStarted,
    AgentProcess,
    environment_in,
    start_agent_process,
)
from hivesync_dev.servers.editor import PROJECT
from hivesync_dev.servers.fake_changes import FakeChanges
from hivesync_dev.servers.fake_identity import EMAIL, PASSWORD, USER
from hivesync_dev.waiting import holds

SPY = Path(__file__).parent / "file_spy.py"


@pytest.fixture(autouse=True)
def root() -> None:
    require_root()


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that every user may enter, unlike those that pytest makes."""
    folder = Path(tempfile.mkdtemp(prefix="hivesync-users-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def lax_umask() -> Iterator[None]:
    """The worst that a user's shell may be set to."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
async def backend() -> FakeChanges:
    """One that takes changes, and will be away."""
    backend = FakeChanges()
    await backend.start()
    return backend


async def use_everything(agent: AgentProcess, backend: FakeChanges, project: Path) -> Path:
    """Leave something of every kind on disk; give the path of a support bundle."""
    headers = {"X-HiveSync-Client": CLIENT, "Authorization": f"Bearer {agent.discovery.token}"}
    url = agent.discovery.url
    async with aiohttp.ClientSession(headers=headers) as http:

        async def call(method: str, path: str, body: object = None) -> tuple[int, dict[str, str]]:
            async with http.request(method, url + path, json=body) as answer:
                text = await answer.read()
                return answer.status, await answer.json(content_type=None) if text else {}

        login = {"login": EMAIL, "password": PASSWORD}
        assert (await call("POST", "/v1/session/login", login))[0] == 200
        assert (await call("GET", "/api/v1/echo"))[0] == 200
        link = {"path": str(project), "project_id": PROJECT.rpartition("/")[2]}
        backend.resources[PROJECT] = {
            **{"id": link["project_id"], "name": "shop", "description": "", "owner_id": str(USER["id"])},
            **{"created_at": "2026-11-26T10:00:00Z", "updated_at": "2026-11-26T10:00:00Z"},
        }
        assert (await call("POST", "/v1/projects", link))[0] == 201
        _, bundle = await call("POST", "/v1/support-bundle")
        await backend.stop()
        status, problem = await call("PATCH", PROJECT, {"name": "Shop"})
        assert status == 202, problem
    return Path(bundle["path"])


@pytest.mark.usefixtures("lax_umask")
async def test_another_user_gets_nothing_from_disk_and_nothing_was_ever_open(
    shared: Path, backend: FakeChanges
) -> None:
    home, project = shared / "home" / "ada", shared / "project"
    project.mkdir()
    (project / "index.html").write_text("<h1>Shop</h1>")
    spy = shared / "spy"
    spy.mkdir()
    shutil.copy(SPY, spy / "sitecustomize.py")
    report = shared / "report"
    inherited = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([str(spy), inherited] if inherited else [str(spy)])
    spying = {"PYTHONPATH": path, "FILE_SPY_ROOT": str(home), "FILE_SPY_REPORT": str(report)}
    agent = await asyncio.to_thread(start_agent_process, environment_in(home, backend.url) | spying)
    try:
        bundle = await use_everything(agent, backend, project)
        await holds(lambda: any((home / "state").rglob("*.sqlite3")))
        paths = sorted(home.rglob("*"))
        outcomes = await asyncio.to_thread(as_other_user, *map(attempt, paths))
        control = shared / "readable"
        control.write_text("for everyone")
        control.chmod(0o644)
        assert as_other_user(("read", str(control)), ("list", str(shared)))[0] == "for everyone"
    finally:
        agent.process.terminate()
        await asyncio.to_thread(agent.process.communicate, timeout=20)
    paths += [path for path in home.rglob("*") if path not in paths]  # what its end has written
    assert outcomes == ["PermissionError"] * len(outcomes)
    wrong = {str(path): oct(mode) for path in paths if path.exists() and (mode := exposed(path))}
    assert wrong == {}
    begun = [line.split(" ", 1) for line in report.read_text().splitlines()]
    assert [(mode, name) for mode, name in begun if int(mode, 8) & 0o077] == []
    kinds = {bundle.suffix, *(path.suffix for path in paths)}
    assert {".zip", ".json", ".bin", ".lock", ".log", ".sqlite3"} <= kinds
    seen = " ".join(name for _, name in begun)
    assert all(name in seen for name in ("desktop-agent.lock", "desktop-agent.json", bundle.name))


def attempt(path: Path) -> tuple[object, ...]:
    return ("plant" if path.is_dir() else "read", str(path))


def exposed(path: Path) -> int:
    """Give the mode of what is not the user's alone, 0 for the rest."""
    mode = stat.S_IMODE(path.lstat().st_mode)
    return mode if mode & 0o077 else 0


async def test_another_user_at_the_port_gets_no_further_than_the_proof(
    shared: Path, backend: FakeChanges
) -> None:
    agent = await asyncio.to_thread(start_agent_process, environment_in(shared / "home", backend.url))
    port = agent.discovery.port
    lines = f"Host: 127.0.0.1:{port}\r\nX-HiveSync-Client: evil/1\r\nConnection: close\r\n"
    asked = [
        ("talk", port, f"GET {API_PREFIX}{path} HTTP/1.1\r\n{lines}{more}\r\n")
        for path in ("/v1/status", "/v1/session", "/v1/events", "/v1/logs", "/api/v1/projects", "/nothing")
        for more in ("", "Authorization: Bearer guessed\r\n")
    ]
    challenge = ("talk", port, f"GET {API_PREFIX}/?nonce={'ab' * 16} HTTP/1.1\r\n{lines}\r\n")
    try:
        proof, *answers = await asyncio.to_thread(as_other_user, challenge, *asked)
    finally:
        agent.process.terminate()
        await asyncio.to_thread(agent.process.communicate, timeout=20)
    assert [answer.split(" ")[1] for answer in answers] == ["401"] * len(asked)
    assert proof.startswith("HTTP/1.1 200 OK\r\n")
    assert agent.discovery.token not in proof + "".join(answers)
    await backend.stop()


def test_a_runtime_folder_of_another_user_is_not_used(shared: Path) -> None:
    environment = environment_in(shared, "http://127.0.0.1:9")
    run = shared / "run"
    run.mkdir(mode=0o777)
    os.chown(run, OTHER_UID, OTHER_UID)
    with pytest.raises(AgentNotStarted, match=f"{run} belongs to another user"):
        start_agent_process(environment)
    assert list(run.iterdir()) == []


def test_a_link_of_another_user_in_the_place_of_the_runtime_folder_is_not_used(shared: Path) -> None:
    """In a folder that all may write to, somebody was there first: the link leads to a folder of ours."""
    environment = environment_in(shared, "http://127.0.0.1:9")
    ours = shared / "ours"
    ours.mkdir()
    run = shared / "run"
    run.symlink_to(ours)
    os.lchown(run, OTHER_UID, OTHER_UID)
    with pytest.raises(AgentNotStarted, match=f"{run} belongs to another user"):
        start_agent_process(environment)
    assert list(ours.iterdir()) == []
    run.unlink()
    run.symlink_to(ours)  # a link of our own is fine
    agent = start_agent_process(environment)
    agent.process.kill()
    agent.process.communicate()
    assert (ours / "desktop-agent.json").exists()


def test_a_discovery_file_of_another_user_is_replaced(shared: Path) -> None:
    environment = environment_in(shared, "http://127.0.0.1:9")
    path = shared / "run" / "desktop-agent.json"
    path.parent.mkdir(mode=0o700)
    path.write_text('{"schema": 1}')
    path.chmod(0o666)
    os.chown(path, OTHER_UID, OTHER_UID)
    agent = start_agent_process(environment)
    agent.process.kill()
    agent.process.communicate()
    assert (path.stat().st_uid, stat.S_IMODE(path.stat().st_mode)) == (os.getuid(), 0o600)
    assert as_other_user(("read", str(path)), ("write", str(path))) == ["PermissionError"] * 2
