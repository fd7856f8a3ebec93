"""Everything that takes part: which process talks to which, and where its files lie."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hivesync_dev.paths import ROOT
from hivesync_dev.servers.postgres import PostgresServer
from hivesync_dev.servers.unsteady_link import UnsteadyLink
from hivesync_dev.stack.agent import Agent, AgentSettings
from hivesync_dev.stack.api import AgentApi, register
from hivesync_dev.stack.part import Part
from hivesync_dev.stack.ports import any_free_port
from hivesync_dev.stack.processes import Command, session_pids
from hivesync_dev.stack.runner import Runner
from hivesync_dev.stack.server import Server, ServerSettings
from hivesync_dev.stack.worker import Worker, WorkerSettings

from bench.soak.audit import begin_audit
from bench.soak.clock import MovableClock

WAYS = ("sdk", "async", "command", "editor")
PASSWORD = "correct horse battery"
_EMAIL = "soak@hivesync.localhost"
_FINISH_SECONDS = 150.0


class ClientPart(Part):
    """A client in a process of its own, on the same machine, as far as its clock can tell."""

    def __init__(self, way: str, arguments: list[str], env: dict[str, str], log: Path) -> None:
        super().__init__()
        self.name = way
        self._arguments = [sys.executable, "-m", "bench.soak.client", way, *arguments]
        self._env = env
        self._log = log

    def command(self) -> Command:
        return Command(self.name, self._arguments, self._env, ROOT, self._log)

    def is_ready(self) -> bool:
        return True

    def finish(self) -> str | None:
        """Let it bring what it began to an end; tell what went wrong, if anything did."""
        process = self.child.process
        process.terminate()
        try:
            code = process.wait(_FINISH_SECONDS)
        except subprocess.TimeoutExpired:
            return f"the client {self.name} could not finish within {_FINISH_SECONDS:.0f} s"
        return None if code == 0 else f"the client {self.name} ended with {code}.\n{self.child.last_lines()}"


@dataclass(slots=True)
class Stage:
    """All parts, running."""

    runner: Runner
    link: UnsteadyLink
    clock: MovableClock
    server: Server
    worker: Worker
    agent: Agent
    database_url: str
    ledgers: Path
    clients: list[ClientPart] = field(default_factory=list)

    def api(self) -> AgentApi:
        """Give a client of the agent that runs now."""
        return AgentApi(self.agent.discovery())

    def sign_in(self) -> None:
        """Sign the user in; raises like any call."""
        with self.api() as api:
            api.sign_in(_EMAIL, PASSWORD)

    def begin_clients(self, seed: str) -> None:
        """Make the projects that they change, and start them."""
        self.ledgers.mkdir()
        with self.api() as api:
            shared, *own = (
                api.http.post("/api/v1/projects", json={"name": f"project of {way}"}).raise_for_status()
                for way in ("all", *WAYS)
            )
        begin_audit(self.database_url)
        folder = self.ledgers.parent
        for way, answer in zip(WAYS, own, strict=True):
            arguments = [
                str(self.ledgers / f"{way}.jsonl"),
                answer.json()["id"],
                shared.json()["id"],
                seed + way,
            ]
            if way == "editor":
                arguments += ["--preview", str(_make_project(folder / "page"))]
            client = ClientPart(way, arguments, self.agent.env(), folder / "logs" / f"client-{way}.log")
            self.clients.append(client)
        self.runner.start(*self.clients)

    def desktop(self) -> list[int]:
        """Give the processes that run on the user's own machine."""
        parts: list[Part] = [self.agent, *self.clients]
        return [pid for part in parts for pid in session_pids(part.child.pid)]

    def freeze(self) -> None:
        """Let the user's machine sleep."""
        for pid in self.desktop():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Wake it."""
        for pid in self.desktop():
            os.kill(pid, signal.SIGCONT)


def _make_project(folder: Path) -> Path:
    folder.mkdir()
    (folder / "index.html").write_text('<!doctype html><script type="module" src="main.js"></script>\n')
    (folder / "main.js").write_text("document.title = 'first'\n")
    return folder


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Start everything and sign a user in; at the end nothing is left."""
    state, logs = folder / "state", folder / "logs"
    state.mkdir(parents=True)
    clock = MovableClock(state)
    with ExitStack() as cleanup:
        postgres = cleanup.enter_context(PostgresServer())
        database_url = postgres.url(postgres.create_database())
        server_port, worker_port = any_free_port(), any_free_port()
        link = cleanup.enter_context(UnsteadyLink(server_port))
        secret = secrets.token_urlsafe(32)
        worker = Worker(
            WorkerSettings(
                worker_port, state / "worker", logs / "worker.log", f"http://127.0.0.1:{server_port}", secret
            )
        )
        server = Server(
            ServerSettings(
                port=server_port,
                folder=state / "server",
                log=logs / "server.log",
                worker_url=worker.settings.url,
                worker_secret=secret,
                jwt_secret=secrets.token_urlsafe(32),
                preview_deadline_seconds=8,
                extra_env={"DATABASE_URL": database_url},
            )
        )
        agent = Agent(
            AgentSettings(
                state / "agent", logs / "agent.log", f"http://127.0.0.1:{link.port}", extra_env=clock.env
            )
        )
        runner = cleanup.enter_context(Runner())
        runner.start(server, worker, agent)
        register(server.settings.url, _EMAIL, "soak", PASSWORD)
        running = Stage(runner, link, clock, server, worker, agent, database_url, folder / "ledgers")
        running.sign_in()
        yield running
