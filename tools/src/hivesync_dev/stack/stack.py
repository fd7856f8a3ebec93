"""The stack as one context manager: all parts started together, a user signed in, all stopped at the end."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType

from hivesync_dev.stack.agent import NO_KEYCHAIN, Agent, AgentSettings
from hivesync_dev.stack.api import AgentApi, register
from hivesync_dev.stack.part import Part
from hivesync_dev.stack.ports import any_free_port, preferred_port
from hivesync_dev.stack.readiness import Waiting, wait_until_ready
from hivesync_dev.stack.server import Server, ServerSettings
from hivesync_dev.stack.watchdog import Watchdog
from hivesync_dev.stack.worker import Worker, WorkerSettings

READY_SECONDS = 90.0
SERVER_PORT = 4000
WORKER_PORT = 8787


def _never_stop() -> None:
    """The default of a stack that nobody interrupts."""


def _silent(_part: str, _seconds: float) -> None:
    """The default of a stack that nobody watches."""


@dataclass(frozen=True, slots=True)
class StackSettings:
    """How a stack is laid out. `folder` gets `state/` and `logs/`; `usual_ports`: 4000 and 8787, if free."""

    folder: Path
    usual_ports: bool = False
    preview_public_url: str | None = None
    keyring_backend: str = NO_KEYCHAIN


@dataclass(frozen=True, slots=True)
class DemoUser:
    """The user that the stack made. The password is random and lives as long as the stack."""

    email: str
    username: str
    password: str


class Stack:
    """Backend, Worker and agent. `check_stop` is called while waiting, and may raise to give up."""

    def __init__(
        self,
        settings: StackSettings,
        *,
        check_stop: Callable[[], None] = _never_stop,
        on_ready: Callable[[str, float], None] = _silent,
    ) -> None:
        self.settings = settings
        self.user = DemoUser("demo@hivesync.localhost", "demo", secrets.token_urlsafe(18))
        self._check_stop = check_stop
        self._on_ready = on_ready
        self._cleanup = ExitStack()
        self._watchdog: Watchdog | None = None
        self._lay_out()

    def _lay_out(self) -> None:
        state, logs = self.settings.folder / "state", self.settings.folder / "logs"
        usual = self.settings.usual_ports
        server_port = preferred_port(SERVER_PORT) if usual else any_free_port()
        worker_port = preferred_port(WORKER_PORT) if usual else any_free_port()
        shared_secret = secrets.token_urlsafe(32)
        server_url = f"http://127.0.0.1:{server_port}"
        self.worker = Worker(
            WorkerSettings(worker_port, state / "worker", logs / "worker.log", server_url, shared_secret)
        )
        self.server = Server(
            ServerSettings(
                port=server_port,
                folder=state / "server",
                log=logs / "server.log",
                worker_url=self.worker.settings.url,
                worker_secret=shared_secret,
                jwt_secret=secrets.token_urlsafe(32),
                preview_public_url=self.settings.preview_public_url,
            )
        )
        self.agent = Agent(
            AgentSettings(state / "agent", logs / "agent.log", server_url, self.settings.keyring_backend)
        )

    def __enter__(self) -> Stack:
        try:
            self._start()
        except BaseException:
            self._cleanup.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cleanup.close()

    def api(self) -> AgentApi:
        """Give a client of the agent that runs now; make a new one after the agent was restarted."""
        return AgentApi(self.agent.discovery())

    def start_part(self, part: Part) -> None:
        """Start a part, or start it again after it was killed, and wait until it answers."""
        self._launch(part)
        self._wait([part])

    def add(self, part: Part) -> None:
        """Start one more part that belongs to this stack and ends with it."""
        self._cleanup.callback(part.stop)
        self.start_part(part)

    def sign_in(self) -> None:
        """Sign the stack's user in at the agent, by password, as on a machine without a browser."""
        with self.api() as api:
            api.sign_in(self.user.email, self.user.password)

    def _start(self) -> None:
        self._watchdog = Watchdog()
        self._cleanup.callback(self._watchdog.close)
        parts: list[Part] = [self.server, self.worker, self.agent]
        for part in parts:
            self._cleanup.callback(part.stop)
            self._launch(part)
        self._wait(parts)
        started = time.monotonic()
        register(self.server.settings.url, self.user.email, self.user.username, self.user.password)
        self.sign_in()
        self._on_ready("demo user", time.monotonic() - started)

    def _launch(self, part: Part) -> None:
        child = part.start()
        if self._watchdog is not None:
            self._watchdog.watch(child.pid)

    def _wait(self, parts: list[Part]) -> None:
        waiting = [Waiting(part.child, part.is_ready, partial(self._on_ready, part.name)) for part in parts]
        wait_until_ready(waiting, READY_SECONDS, self._check_stop)
