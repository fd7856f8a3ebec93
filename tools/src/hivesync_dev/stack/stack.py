"""The stack as one context manager: all parts started together, a user signed in, all stopped at the end."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from hivesync_dev.stack.agent import Agent, AgentSettings
from hivesync_dev.stack.api import AgentApi, register
from hivesync_dev.stack.ports import any_free_port, preferred_port
from hivesync_dev.stack.runner import Runner, never_stop, silent
from hivesync_dev.stack.server import Server, ServerSettings
from hivesync_dev.stack.worker import Worker, WorkerSettings

SERVER_PORT = 4000
WORKER_PORT = 8787


@dataclass(frozen=True, slots=True)
class StackSettings:
    """How a stack is laid out. `folder` gets `state/` and `logs/`; `usual_ports`: 4000 and 8787, if free."""

    folder: Path
    usual_ports: bool = False
    preview_public_url: str | None = None
    preview_deadline_seconds: int = 60
    worker_variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoUser:
    """The user that the stack made. The password is random and lives as long as the stack."""

    email: str
    username: str
    password: str


class Stack:
    """Backend, Worker and agent, with a user signed in. `check_stop` and `on_ready` as in `Runner`."""

    def __init__(
        self,
        settings: StackSettings,
        *,
        check_stop: Callable[[], None] = never_stop,
        on_ready: Callable[[str, float], None] = silent,
    ) -> None:
        self.settings = settings
        self.user = DemoUser("demo@hivesync.localhost", "demo", secrets.token_urlsafe(18))
        self.runner = Runner(check_stop=check_stop, on_ready=on_ready)
        self._on_ready = on_ready
        self._lay_out()

    def _lay_out(self) -> None:
        state, logs = self.settings.folder / "state", self.settings.folder / "logs"
        usual = self.settings.usual_ports
        server_port = preferred_port(SERVER_PORT) if usual else any_free_port()
        worker_port = preferred_port(WORKER_PORT) if usual else any_free_port()
        shared_secret = secrets.token_urlsafe(32)
        server_url = f"http://127.0.0.1:{server_port}"
        self.worker = Worker(
            WorkerSettings(
                worker_port,
                state / "worker",
                logs / "worker.log",
                server_url,
                shared_secret,
                self.settings.worker_variables,
            )
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
                preview_deadline_seconds=self.settings.preview_deadline_seconds,
            )
        )
        self.agent = Agent(AgentSettings(state / "agent", logs / "agent.log", server_url))

    def __enter__(self) -> Stack:
        self.runner.__enter__()
        try:
            self.runner.start(self.server, self.worker, self.agent)
            self._make_user()
        except BaseException:
            self.runner.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.runner.__exit__(kind, error, trace)

    def api(self) -> AgentApi:
        """Give a client of the agent that runs now; make a new one after the agent was restarted."""
        return AgentApi(self.agent.discovery())

    def sign_in(self) -> None:
        """Sign the stack's user in at the agent, by password, as on a machine without a browser."""
        with self.api() as api:
            api.sign_in(self.user.email, self.user.password)

    def _make_user(self) -> None:
        began = time.monotonic()
        register(self.server.settings.url, self.user.email, self.user.username, self.user.password)
        self.sign_in()
        self._on_ready("demo user", time.monotonic() - began)
