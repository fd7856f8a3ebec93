# Generated from hivesync/_async by `make generate`; do not edit.
"""The client: one object per program, which finds its way by itself for every call."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any

import httpx
from hivesync_contract.health import Health
from hivesync_contract.identity import User

from hivesync._call import new_call
from hivesync._response import Mode, Response
from hivesync._sync._agent import Agent
from hivesync._sync._agent_link import AgentLink
from hivesync._sync._ai_docs import SyncAiDocs
from hivesync._sync._direct_link import DirectLink
from hivesync._sync._event_stream import EventStream
from hivesync._sync._previews import Previews
from hivesync._sync._projects import Projects
from hivesync._sync._router import Router
from hivesync._sync._sign_in import SignIn
from hivesync._version import __version__
from hivesync.credentials.account import Account
from hivesync.credentials.refresh import Refresher
from hivesync.credentials.store import CredentialStore, choose_store
from hivesync.locations import Locations
from hivesync.settings import Settings


class Client:
    """HiveSync for programs: through the desktop agent where it runs, direct where it does not.

    `name`: how the program is shown in the agent's list, `<name>/<version>`. `only`: forbid the other
    way. `may_prompt`: the keychain may ask the user to unlock it. `store`: where the session lies, if not
    where the user chose. An API key in HIVESYNC_TOKEN wins: with one, calls to the backend go direct.
    """

    def __init__(
        self,
        *,
        profile: str | None = None,
        name: str = f"hivesync-sdk/{__version__}",
        only: Mode | None = None,
        may_prompt: bool = False,
        timeout_seconds: float = 30.0,
        settings: Settings | None = None,
        locations: Locations | None = None,
        store: CredentialStore | None = None,
    ) -> None:
        self.settings = settings or Settings.from_env(profile=profile)
        self.locations = locations or Locations.detect()
        account = Account(self.settings.server_url, self.settings.profile)
        refresher = Refresher(
            store or choose_store(account, self.locations, may_prompt=may_prompt),
            account.lock_path(self.locations.state),
        )
        timeout = httpx.Timeout(timeout_seconds, connect=5.0)
        agent = AgentLink(
            self.locations.discovery_file(self.settings.profile),
            name,
            timeout,
            serving=self.settings.server_url if self.settings.names_server else None,
        )
        self._router = Router(
            agent,
            DirectLink(self.settings, refresher, name, timeout, agent.see_to_session),
            only=only,
            prefers_direct=self.settings.token is not None,
            kept=account.operations_folder(self.locations.state),
        )
        self.agent = Agent(self._router)
        self.projects = Projects(self._router)
        self.previews = Previews(self._router)
        self.ai_docs = SyncAiDocs(self._router)
        self.sign_in = SignIn(self._router, refresher)

    def me(self) -> User:
        """Give the user who is signed in; raise `AuthenticationFailed` or `SignedOut`."""
        return (self.request("GET", "/api/v1/auth/me")).raise_for_status().decode(User)

    def health(self) -> Health:
        """Give what the backend says about itself; works without signing in."""
        return (self.request("GET", "/api/v1/health")).raise_for_status().decode(Health)

    def events(self) -> EventStream:
        """Give events for ever; a `reset` among them says that some may have been missed."""
        return EventStream(self._router)

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, str | int | None] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Make one call: `/api/v1/…` to the backend, `/v1/…` to the agent. Error answers are returned."""
        return self._router.send(new_call(method, path, body=json, params=params, headers=headers))

    def close(self) -> None:
        """Close all connections."""
        self._router.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
