"""One scenario's machine: folders, a backend, agents, the `hivesync` command, and the client."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from hivesync import Locations
from hivesync.credentials.account import Account
from hivesync.credentials.plaintext import PlaintextStore
from hivesync.credentials.session import new_session
from hivesync.preferences import Preferences

from hivesync_dev.conformance import scripted_command
from hivesync_dev.conformance.agent import StagedAgent
from hivesync_dev.conformance.backend import StagedBackend
from hivesync_dev.conformance.client import PATIENCE_SECONDS, Client
from hivesync_dev.conformance.expectation import expect_equal
from hivesync_dev.conformance.ledger import Ledger
from hivesync_dev.conformance.transcript import Transcript
from hivesync_dev.servers.fake_backend import USER
from hivesync_dev.servers.impostor import Impostor

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "VIRTUAL_ENV", "JAVA_HOME")


@dataclass
class Stage:
    """An async context manager; leaving it ends all that was started on it."""

    folder: Path
    command: Sequence[str]
    patience_seconds: float = PATIENCE_SECONDS
    transcript: Transcript = field(default_factory=Transcript)
    ledger: Ledger = field(default_factory=Ledger)
    agents: list[StagedAgent] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    _impostors: list[Impostor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.backend = StagedBackend(transcript=self.transcript)
        self.proxy = StagedBackend(transcript=self.transcript)
        self.locations = Locations(*(self.folder / name for name in ("run", "config", "state", "log")))
        self._token_file = self.folder / "token"

    async def __aenter__(self) -> Self:
        await self.backend.start()
        await self.proxy.start()
        Preferences(plaintext_credentials=True).save(self.locations)
        self.locations.runtime.mkdir(mode=0o700, exist_ok=True)
        (self.folder / "home").mkdir()
        (self.folder / "temporary").mkdir()
        self._install_command()
        self.sign_in()
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in self.clients:
            await client.close()
        for impostor in self._impostors:
            await impostor.__aexit__()
        for agent in self.agents:
            await agent.stop()
        await self.proxy.stop()
        await self.backend.stop()

    def sign_in(self) -> str:
        """Give the user a session that the `hivesync` command and the SDK can use; give its access token."""
        pair = self.backend.issue()
        session = new_session(pair.refresh_token, USER.id, pair.access_token, pair.expires_in)
        self._store().save(session)
        self._token_file.write_text(pair.access_token, "ascii")
        self.transcript.secrets[pair.access_token] = "access token"
        return pair.access_token

    def sign_out(self) -> None:
        """Leave nobody signed in."""
        shutil.rmtree(self.locations.state)
        self._token_file.write_text("", "ascii")

    def expire_session(self) -> None:
        """Have the backend refuse the access token; the next `hivesync token` gives another one."""
        self.backend.expire_access_tokens()
        self._token_file.write_text(self.backend.issue().access_token, "ascii")

    async def agent(self, *, deferred: bool = False, **options: Any) -> StagedAgent:
        """Have an agent listen and publish itself in the place of one that was there; `deferred`: not yet."""
        agent = StagedAgent(
            runtime=self.locations.runtime,
            transcript=self.transcript,
            name=f"agent{len(self.agents) + 1}",
            patience_seconds=self.patience_seconds,
            instance_id=f"staged-{len(self.agents) + 1}",
            server_url=self.backend.origin,
            **options,
        )
        self.agents.append(agent)
        if not deferred:
            await agent.start()
        return agent

    async def impostor(self, port: int, answer: bytes) -> Impostor:
        """Have another program take a port; it collects what it is sent."""
        impostor = Impostor(port, answer)
        self._impostors.append(impostor)
        await impostor.__aenter__()
        self.transcript.note("impostor", f"has taken port {port}")
        return impostor

    async def client(self, **more_env: str) -> Client:
        """Start the client under test."""
        environ = {**self.environ(), **more_env}
        client = Client(self.command, environ, self.folder, self.transcript, self.patience_seconds)
        self.clients.append(client)
        await client.start()
        return client

    def environ(self) -> Mapping[str, str]:
        """Give the client's environment: this machine's folders, and a proxy that must never be asked."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        folders = self.locations
        return kept | {
            **dict.fromkeys(_PROXIES, self.proxy.origin),
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "temporary"),
            "PATH": os.pathsep.join([str(self.folder / "bin"), kept.get("PATH", "")]),
            "HIVESYNC_RUNTIME_DIR": str(folders.runtime),
            "HIVESYNC_CONFIG_DIR": str(folders.config),
            "HIVESYNC_STATE_DIR": str(folders.state),
            "HIVESYNC_LOG_DIR": str(folders.log),
            "HIVESYNC_SERVER_URL": self.backend.origin,
            "HIVESYNC_CONFORMANCE_TOKEN_FILE": str(self._token_file),
        }

    def expect_kept_rules(self) -> None:
        """Raise `Mismatch` if a request broke a rule that holds always."""
        for agent in self.agents:
            expect_equal(agent.rules.broken, [], "broken rules of requests to the agent")
        expect_equal([each.path for each in self.proxy.requests], [], "requests that a proxy saw")

    def _install_command(self) -> None:
        program = self.folder / "bin" / "hivesync"
        program.parent.mkdir()
        code = Path(scripted_command.__file__).read_text("utf-8")
        # -S and -I: it starts in a few hundredths of a second, and takes nothing from the environment.
        program.write_text(f"#!{_interpreter()} -IS\n{code}", "utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def _store(self) -> PlaintextStore:
        account = Account(self.backend.origin, "default")
        return PlaintextStore(account.plaintext_path(self.locations.state))


def _interpreter() -> str:
    """Give this Python without its virtual environment; a link in a folder with a space can't be named."""
    return os.path.realpath(sys.executable)
