"""Agents for tests: one inside the test's event loop, or one in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from hivesync.credentials.store import CredentialStore, MemoryStore
from hivesync.locations import Locations
from hivesync_agent.app import Agent
from hivesync_agent.lifecycle.discovery import read
from hivesync_agent.serving import serve
from hivesync_agent.settings import AgentSettings
from hivesync_contract.discovery import DiscoveryFile

CLIENT = "hivesync-tests/1.0"
AGENT = "from hivesync_agent.main import run; raise SystemExit(run())"
"""The agent as a program of one line, which tests may surround with more."""


class AgentNotStarted(Exception):
    """The process ended before it could be found; the message is what it printed."""


@dataclass(slots=True)
class RunningAgent:
    """An agent that can be found, and a client that knows its token."""

    agent: Agent
    http: aiohttp.ClientSession
    url: str = field(init=False)

    def __post_init__(self) -> None:
        self.url = self.agent.discovery.url

    @property
    def port(self) -> int:
        """Give the agent's port."""
        return self.agent.discovery.port

    @property
    def token(self) -> str:
        """Give the local token."""
        return self.agent.discovery.token

    def head(self, line: str, *extra: str) -> bytes:
        """Give the bytes of a well-formed request head, with more headers at its end."""
        return request_head(line, self.port, self.token, *extra)


def request_head(line: str, port: int, token: str, *extra: str) -> bytes:
    """Give `line` ("GET /path") and everything that the gate asks for, as bytes."""
    lines = [
        f"{line} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"X-HiveSync-Client: {CLIENT}",
        f"Authorization: Bearer {token}",
        *extra,
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def locations_in(folder: Path) -> Locations:
    """Give folders that belong to one test."""
    return Locations(folder / "run", folder / "config", folder / "state", folder / "log")


def environment_in(folder: Path, server_url: str) -> dict[str, str]:
    """Give the same folders as environment variables, for a process."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HIVESYNC_")}
    return inherited | {
        "HIVESYNC_SERVER_URL": server_url,
        "HIVESYNC_RUNTIME_DIR": str(folder / "run"),
        "HIVESYNC_CONFIG_DIR": str(folder / "config"),
        "HIVESYNC_STATE_DIR": str(folder / "state"),
        "HIVESYNC_LOG_DIR": str(folder / "log"),
        # No keychain in tests that do not ask for one: the machine's own must not be touched.
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }


@contextlib.asynccontextmanager
async def running_agent(
    settings: AgentSettings, store: CredentialStore | None = None
) -> AsyncIterator[RunningAgent]:
    """Run an agent in this event loop, on a real socket, until the block ends."""
    ready: asyncio.Future[Agent] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(settings, store or MemoryStore(), ready.set_result))
    await asyncio.wait((ready, serving), return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        serving.result()
    agent = ready.result()
    headers = {"X-HiveSync-Client": CLIENT, "Authorization": f"Bearer {agent.discovery.token}"}
    async with aiohttp.ClientSession(headers=headers, auto_decompress=False) as http:
        try:
            yield RunningAgent(agent, http)
        finally:
            agent.switch.stop()
            await serving


@dataclass(slots=True)
class AgentProcess:
    """An agent in its own process."""

    process: subprocess.Popen[str]
    discovery: DiscoveryFile


def start_agent_process(
    environment: Mapping[str, str], *, program: str = AGENT, deadline_seconds: float = 20.0
) -> AgentProcess:
    """Start an agent in a process and wait until its discovery file is there, or raise `AgentNotStarted`."""
    locations = Locations.detect(environment)
    path = locations.discovery_file("default")
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + deadline_seconds
    while time.monotonic() < end and process.poll() is None:
        discovery = read(path)
        if discovery is not None and discovery.pid == process.pid:
            return AgentProcess(process, discovery)
        time.sleep(0.005)
    process.kill()
    out, err = process.communicate()
    raise AgentNotStarted(f"the agent did not start: {out}{err}")
