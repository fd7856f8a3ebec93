"""Secrets that went through everything are found nowhere: not in logs, bundle, answers, events, processes."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from hivesync_contract.errors import ErrorCode, Problem
from hivesync_dev.process_tree import ProcessTree
from hivesync_dev.servers.agents import CLIENT, environment_in, locations_in, start_agent_process
from hivesync_dev.servers.editor import PROJECT
from hivesync_dev.servers.fake_changes import FakeChanges
from hivesync_dev.servers.fake_identity import EMAIL, PASSWORD
from hivesync_dev.waiting import until

PROXY_PASSWORD = "canary-of-the-proxy"
API_KEY = "hs_canary" + "k" * 34
ENV_VALUE = "canary-of-an-env-file"
ERROR = "canary-of-a-backend-error"
CHANGE = "canary-of-a-waiting-change"
SOURCE = "canary-of-an-unsaved-file"


@dataclass
class Seen:
    """What came back: answers of the agent's own making, events, the bundle."""

    answers: list[str] = field(default_factory=list)
    events: str = ""
    bundle: bytes = b""


class Editor:
    """Makes every kind of call, good and bad."""

    def __init__(self, http: aiohttp.ClientSession, url: str, backend: FakeChanges) -> None:
        self._http = http
        self._url = url
        self._backend = backend
        self.seen = Seen()

    async def use_everything(self, project: Path) -> Seen:
        """Sign in, read, preview, ask, wait offline, fail in every way, collect a bundle, sign out."""
        listening = asyncio.create_task(self._listen())
        login = {"login": EMAIL, "password": PASSWORD}
        await self._call("POST", "/v1/session/login", {"login": EMAIL, "password": "wrong"})
        await self._call("POST", "/v1/session/login", {**login, "extra": PASSWORD})
        await self._call("POST", "/v1/session/login", login)
        await self._call("GET", "/v1/session")
        await self._call("GET", "/v1/status")
        await self._call("POST", f"/api/v1/projects?password={PASSWORD}", login)
        await self._call("GET", "/api/v1/streams/truncated")
        await self._call("GET", f"/api/v1/admin?{PASSWORD}")
        await self._call("GET", f"/v1/{PASSWORD.replace(' ', '-')}")
        await self._call("POST", "/v1/previews", {"path": str(project)})
        await self._call("POST", "/v1/projects", {"path": str(project)})
        await self._call("POST", "/v1/ai-docs", {"path": str(project / "main.js"), "content": SOURCE})
        await self._wait_offline()
        await self._call("POST", "/v1/support-bundle")
        self._backend.identity.end_access_tokens()
        self._backend.identity.refresh_problem = Problem("Error", 500, ErrorCode.INTERNAL_ERROR, ERROR)
        await self._call("GET", "/api/v1/echo")
        self._backend.identity.refresh_problem = None
        await self._call("DELETE", "/v1/session")
        await self._call("GET", "/api/v1/projects")
        await self._call("GET", "/v1/logs")
        listening.cancel()
        await asyncio.wait({listening})
        return self.seen

    async def _wait_offline(self) -> None:
        """Make a change that waits, and that the backend answers with pages and refusals."""
        await self._backend.stop()
        await self._call("PATCH", PROJECT, {"name": CHANGE}, own=False)
        self._backend.answers += [
            web.Response(status=500, text=ERROR),
            web.json_response({"code": ERROR, "detail": ERROR}, status=422),
        ]
        await self._backend.start()
        await until(lambda: self._settled())

    async def _settled(self) -> bool:
        async with self._http.get(f"{self._url}/v1/operations") as answer:
            return [each["state"] for each in (await answer.json())["items"]] == ["conflict"]

    async def _listen(self) -> None:
        async with self._http.get(f"{self._url}/v1/events") as stream:
            async for line in stream.content:
                self.seen.events += line.decode()

    async def _call(self, method: str, path: str, body: object = None, *, own: bool = True) -> None:
        try:
            async with self._http.request(method, self._url + path, json=body) as answer:
                text = await answer.text()
        except aiohttp.ClientError:
            return  # the answer that breaks off
        if own and "X-HiveSync-Agent" in answer.headers:
            self.seen.answers.append(text)
        if path == "/v1/support-bundle":
            self.seen.bundle = await asyncio.to_thread(unzipped, (await answer.json())["path"])


def unzipped(path: str) -> bytes:
    """Give everything that a bundle holds."""
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def files_below(folder: Path) -> dict[Path, bytes]:
    """Give every file; it and its folder are the user's alone."""
    found = {}
    for top, _, names in os.walk(folder):
        assert stat.S_IMODE(os.stat(top).st_mode) == 0o700, top
        for path in (Path(top) / name for name in names):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
            found[path] = path.read_bytes()
    return found


@pytest.fixture
async def backend() -> FakeChanges:
    """A backend that is started by the test."""
    return FakeChanges()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a secret of its own."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "index.html").write_text('<script type="module" src="main.js"></script>')
    (folder / "main.js").write_text("export const answer = 42\n")
    (folder / ".env").write_text(f"SECRET={ENV_VALUE}\n")
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("api_key", [None, API_KEY])
async def test_no_secret_is_found_anywhere(
    tmp_path: Path, backend: FakeChanges, project: Path, api_key: str | None
) -> None:
    await backend.start()
    machine, scratch = tmp_path / "machine", tmp_path / "scratch"
    for folder in (machine, scratch):
        folder.mkdir(mode=0o700)
    environment = environment_in(machine, backend.url) | {
        "HTTPS_PROXY": f"http://ada:{PROXY_PASSWORD}@proxy.example:3128",
        "TMPDIR": str(scratch),
    }
    if api_key is not None:
        environment["HIVESYNC_TOKEN"] = api_key
        backend.identity.accept(api_key)
    agent = await asyncio.to_thread(start_agent_process, environment)
    headers = {"X-HiveSync-Client": CLIENT, "Authorization": f"Bearer {agent.discovery.token}"}
    try:
        with ProcessTree(agent.process.pid) as tree:
            async with aiohttp.ClientSession(headers=headers) as http:
                seen = await Editor(http, agent.discovery.url, backend).use_everything(project)
    finally:
        agent.process.terminate()
        printed = await asyncio.to_thread(agent.process.communicate, timeout=20)
        await backend.stop()

    kept = await asyncio.to_thread(files_below, machine)
    locations = locations_in(machine)
    logs = b"".join(content for path, content in kept.items() if path.parent == locations.log)
    temporary = b"".join((await asyncio.to_thread(files_below, scratch)).values())
    answers = "".join(seen.answers).encode()
    assert b"agent started" in logs
    assert b"answer broken off" in logs
    assert b"agent.log" in seen.bundle
    assert "operation.conflict" in seen.events
    assert len(tree.command_lines) > 2, "no child was seen"

    everywhere = [logs, seen.bundle, temporary, *tree.command_lines, "".join(printed).encode()]
    tokens = [agent.discovery.token, PASSWORD, API_KEY, *backend.identity.issued]
    for secret in tokens:
        # Whoever finds the local token may ask the agent; a restart makes it worthless.
        home = locations.discovery_file("default") if secret == agent.discovery.token else None
        places = {path: content for path, content in kept.items() if path != home}
        inherited = tree.environments if secret != API_KEY else ()
        for content in (*everywhere, *places.values(), *inherited, answers, seen.events.encode()):
            assert secret.encode() not in content
    for secret in (PROXY_PASSWORD, ENV_VALUE, SOURCE):
        for content in (*everywhere, *kept.values(), answers, seen.events.encode()):
            assert secret.encode() not in content
    for secret in (ERROR, CHANGE, EMAIL):
        for content in everywhere:
            assert secret.encode() not in content
