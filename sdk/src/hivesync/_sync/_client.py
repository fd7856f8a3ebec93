# Generated from hivesync/_async by `make generate`; do not edit.
"""The client: one object per program, which finds its way by itself for every call."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any

import httpx

from hivesync._call import new_call
from hivesync._options import RETRIES, Options
from hivesync._response import Response
from hivesync._sync._agent_link import AgentLink
from hivesync._sync._direct_link import DirectLink
from hivesync._sync._router import Router
from hivesync._version import __version__
from hivesync._way import Mode, Way
from hivesync.credentials.account import Account
from hivesync.credentials.refresh import Refresher
from hivesync.credentials.store import CredentialStore, choose_store
from hivesync.locations import Locations
from hivesync.settings import Settings

if TYPE_CHECKING:
    from hivesync_contract.health import Health
    from hivesync_contract.identity import User

    from hivesync._sync._account import ApiKeys, Devices, OwnProfile
    from hivesync._sync._agent import Agent
    from hivesync._sync._ai_docs import AiDocs
    from hivesync._sync._event_stream import EventStream
    from hivesync._sync._notifications import Notifications
    from hivesync._sync._previews import Previews
    from hivesync._sync._projects import Projects
    from hivesync._sync._search import Search
    from hivesync._sync._security import Security
    from hivesync._sync._sign_in import SignIn
    from hivesync._sync._support import Support
    from hivesync._sync._team import Invites
    from hivesync._sync._webhooks import Webhooks


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
        self._refresher = refresher

    # Imported when they are first used: all of them together take longer than the rest of the client.

    @cached_property
    def agent(self) -> Agent:
        """Give what only an agent can do."""
        from hivesync._sync._agent import Agent

        return Agent(self._router)

    @cached_property
    def projects(self) -> Projects:
        """Give projects, with their tasks, comments and team."""
        from hivesync._sync._projects import Projects

        return Projects(self._router)

    @cached_property
    def previews(self) -> Previews:
        """Give previews on a phone."""
        from hivesync._sync._previews import Previews

        return Previews(self._router)

    @cached_property
    def ai_docs(self) -> AiDocs:
        """Give files explained."""
        from hivesync._sync._ai_docs import AiDocs

        return AiDocs(self._router)

    @cached_property
    def invites(self) -> Invites:
        """Give invites to projects."""
        from hivesync._sync._team import Invites

        return Invites(self._router, "/api/v1/invites")

    @cached_property
    def notifications(self) -> Notifications:
        """Give what has happened."""
        from hivesync._sync._notifications import Notifications

        return Notifications(self._router, "/api/v1/notifications")

    @cached_property
    def search(self) -> Search:
        """Give search over all that one may see."""
        from hivesync._sync._search import Search

        return Search(self._router, "/api/v1/search")

    @cached_property
    def webhooks(self) -> Webhooks:
        """Give messages to other programs."""
        from hivesync._sync._webhooks import Webhooks

        return Webhooks(self._router, "/api/v1/webhooks")

    @cached_property
    def api_keys(self) -> ApiKeys:
        """Give keys for scripts."""
        from hivesync._sync._account import ApiKeys

        return ApiKeys(self._router, "/api/v1/api-keys")

    @cached_property
    def profile(self) -> OwnProfile:
        """Give one's own account."""
        from hivesync._sync._account import OwnProfile

        return OwnProfile(self._router, "/api/v1/profile")

    @cached_property
    def devices(self) -> Devices:
        """Give what is signed in."""
        from hivesync._sync._account import Devices

        return Devices(self._router, "/api/v1/devices")

    @cached_property
    def support(self) -> Support:
        """Give questions and bundles."""
        from hivesync._sync._support import Support

        return Support(self._router, "/api/v1/support")

    @cached_property
    def security(self) -> Security:
        """Give passwords, sessions, the second step."""
        from hivesync._sync._security import Security

        return Security(self._router, "/api/v1/auth")

    @cached_property
    def sign_in(self) -> SignIn:
        """Give signing in and out."""
        from hivesync._sync._sign_in import SignIn

        return SignIn(self._router, self._refresher)

    def with_options(
        self,
        *,
        timeout_seconds: float | None = None,
        retries: int = RETRIES,
        idempotency_key: str | None = None,
    ) -> Client:
        """Give this client with other options for the calls made by it; connections are shared.

        `timeout_seconds`: of silence. `retries`: after 429 and 503, when the backend says how soon.
        `idempotency_key`: for one change, which another process may then repeat without doing it twice.
        """
        other = copy(self)
        other._router = self._router.with_options(Options(timeout_seconds, retries, idempotency_key))
        for name, member in vars(type(self)).items():
            if isinstance(member, cached_property):
                other.__dict__.pop(name, None)  # it would call by this client's options
        return other

    def me(self) -> User:
        """Give the user who is signed in; raise `AuthenticationFailed` or `SignedOut`."""
        from hivesync_contract.identity import User

        return (self.request("GET", "/api/v1/auth/me")).raise_for_status().decode(User)

    def health(self) -> Health:
        """Give what the backend says about itself; works without signing in."""
        from hivesync_contract.health import Health

        return (self.request("GET", "/api/v1/health")).raise_for_status().decode(Health)

    def mode(self) -> Way:
        """Tell which way a call to the backend would take now, and why. The backend is not asked."""
        return self._router.way()

    def events(self, *, begins_with_reset: bool = False) -> EventStream:
        """Give events for ever; a `reset` among them says that some may have been missed.

        With `begins_with_reset` the first is one: what is fetched then misses nothing of what follows.
        """
        from hivesync._sync._event_stream import EventStream

        return EventStream(self._router, begins_with_reset=begins_with_reset)

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
