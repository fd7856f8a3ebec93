"""Assembly of one agent: which object gets which. No behaviour of its own."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable

from hivesync.credentials.refresh import Refresher
from hivesync.credentials.sign_out import SignOut
from hivesync.credentials.steps import Answer, Post
from hivesync.credentials.store import CredentialStore
from hivesync_contract.discovery import DiscoveryFile
from hivesync_contract.events import EventType, SessionEvent

from hivesync_agent.events.bus import EventBus
from hivesync_agent.events.endpoints import EventRoutes
from hivesync_agent.events.upstream_feed import UpstreamFeed
from hivesync_agent.gate.connections import ClientConnections
from hivesync_agent.gate.gate import Gate
from hivesync_agent.gate.local import LocalRoutes
from hivesync_agent.gate.proof import Proof
from hivesync_agent.gate.rules import Rules
from hivesync_agent.local_api.endpoints import DocumentRoutes
from hivesync_agent.local_api.route import Route
from hivesync_agent.offline.assembly import assemble_offline
from hivesync_agent.previews.assembly import assemble_previews
from hivesync_agent.relay.cache import PrivateCache
from hivesync_agent.relay.call import Backend
from hivesync_agent.relay.kept import KeptAnswers
from hivesync_agent.relay.reads import Reads
from hivesync_agent.relay.relay import Relay
from hivesync_agent.session.access import AccessTokens, ApiKey
from hivesync_agent.session.device_flow import DeviceFlow
from hivesync_agent.session.endpoints import SessionRoutes
from hivesync_agent.session.profile import Profile
from hivesync_agent.session.revocations import Revocations
from hivesync_agent.session.sign_in import SignIn
from hivesync_agent.session.vault import Vault
from hivesync_agent.settings import AgentSettings
from hivesync_agent.status.clients import ConnectedClients
from hivesync_agent.status.endpoints import StatusRoutes
from hivesync_agent.status.health import HealthCheck
from hivesync_agent.status.switch import Switch
from hivesync_agent.support.endpoints import SupportRoutes
from hivesync_agent.tasks import BackgroundTasks
from hivesync_agent.upstream import API, Upstream


class Agent:
    """All parts of one agent, connected; starts and ends them in order."""

    def __init__(
        self,
        settings: AgentSettings,
        discovery: DiscoveryFile,
        store: CredentialStore,
        tasks: BackgroundTasks,
    ) -> None:
        self.settings = settings
        self.discovery = discovery
        self._tasks = tasks
        self.switch = Switch()
        self.bus = EventBus()
        self.upstream = Upstream(
            settings.server_url,
            connect_seconds=settings.connect_seconds,
            idle_seconds=settings.idle_seconds,
            ca_file=settings.ca_file,
        )
        self._vault = Vault(store)
        lock_path = settings.account.lock_path(settings.locations.state)
        self._tokens = AccessTokens(Refresher(self._vault, lock_path), self._post, self._session_changed)
        self.access = ApiKey(settings.api_key) if settings.api_key else self._tokens
        self.upstream.sign_with(self.access)
        sign_out = SignOut(self._vault, lock_path)
        self._revocations = Revocations(sign_out, self._post)
        self._sign_in = SignIn(
            upstream=self.upstream,
            post=self._post,
            vault=self._vault,
            sign_out=sign_out,
            revocations=self._revocations,
            tokens=self._tokens,
            tasks=tasks,
            device_flow=DeviceFlow(self.upstream),
        )
        self._profile = Profile(self.upstream, self.access)
        self._health = HealthCheck(self.upstream, fresh_seconds=settings.health_seconds)
        self._clients = ConnectedClients()
        self.operations = assemble_offline(
            settings=settings,
            upstream=self.upstream,
            access=self.access,
            vault=self._vault,
            bus=self.bus,
            until_running=self.switch.until_running,
        )
        self.upstream.own_by(self.operations.owner)
        self.upstream.breaker.tell_of_recovery(self.operations.replay.wake)
        self._feed = UpstreamFeed(
            self.upstream,
            self.access,
            self.bus,
            until_running=self.switch.until_running,
            connected=self.operations.replay.wake,
        )
        self._previews = assemble_previews(
            settings=settings,
            upstream=self.upstream,
            access=self.access,
            profile=self._profile,
            owner=self.operations.owner,
            health=self._health,
            bus=self.bus,
            tasks=tasks,
        )
        self.routes = self._declare_routes()
        self._reads = Reads(PrivateCache())
        self.upstream.tell_of_changes(self._reads.changed)
        self.kept_answers = KeptAnswers(
            self._reads.cache, settings.locations.state / f"answers.{settings.profile}.bin", self._owner
        )
        self._connections: ClientConnections | None = None

    async def open(self) -> Callable[[], asyncio.BaseProtocol]:
        """Prepare the routes and give the factory of connections for the listening socket."""
        await self.operations.journal.load()
        gate = Gate(
            rules=Rules(port=self.discovery.port, token=self.discovery.token),
            proof=Proof(self.discovery),
            clients=self._clients,
            relay=Relay(
                Backend(self.upstream, self.access, self._reads, self.operations.journal, self._tasks)
            ),
            local=LocalRoutes(self.routes, self._tasks),
        )
        self._connections = ClientConnections(gate.begin)
        return self._connections

    def start(self) -> None:
        """Begin the background work."""
        self._tasks.spawn("session-revocations", self._revocations.run())
        self._tasks.spawn("upstream-feed", self._feed.run())
        self._tasks.spawn("kept-answers", self.kept_answers.run())
        self._tasks.spawn("offline-replay", self.operations.replay.run())
        self._previews.start()

    async def close(self) -> None:
        """Let requests in flight finish for a while, then close every connection."""
        self.bus.close()
        if self._connections is not None:
            await self._connections.shutdown(self.settings.drain_seconds)
        await self.kept_answers.close()
        await self._previews.close()
        await self._sign_in.leave()
        await self.upstream.close()
        await asyncio.to_thread(self._vault.close)

    def _declare_routes(self) -> list[Route]:
        settings = self.settings
        routes = [
            *StatusRoutes(
                settings=settings,
                access=self.access,
                profile=self._profile,
                health=self._health,
                clients=self._clients,
                switch=self.switch,
                publish=self.bus.publish,
                log_path=settings.locations.agent_log(settings.profile),
                pending_previews=self._previews.previews.pending,
                polled_projects=self._previews.projects.polled,
                operations=self.operations.journal,
                retry_seconds=self.upstream.breaker.blocked_seconds,
            ).routes(),
            *SessionRoutes(
                settings=settings,
                access=self.access,
                sign_in=self._sign_in,
                revocations=self._revocations,
                vault=self._vault,
                profile=self._profile,
            ).routes(),
            *EventRoutes(self.bus).routes(),
            *SupportRoutes(settings, self.bus.recent_types).routes(),
            *self.operations.routes.routes(),
            *self._previews.routes(),
        ]
        return [*routes, *DocumentRoutes(routes).routes()]

    async def _owner(self) -> str | None:
        """Tell whose answers are stored: the user of the token they were had with, until there is one the
        stored session's, or nobody.
        """
        if self.settings.api_key:
            return hashlib.sha256(self.settings.api_key.encode()).hexdigest()
        if self._tokens.signed_in:
            return self._tokens.user_id
        session = await asyncio.to_thread(self._vault.load)
        return session.user_id or None if session is not None else None

    async def _post(self, post: Post) -> Answer:
        path = post.path.removeprefix(API)
        return Answer(*await self.upstream.exchange("POST", path, post.body, None))

    def _session_changed(self, signed_in: bool, reason: str) -> None:
        self._profile.forget()
        if signed_in and self.kept_answers.belong_to(self._tokens.user_id):
            self._reads.session_found()
        else:
            self._reads.session_changed(signed_in)
            self.kept_answers.session_changed()
        self._health.expire()
        self._feed.session_changed()
        self.operations.session_changed()
        if self._connections is not None:
            self._connections.session_ended()
        self.bus.session_changed(signed_in)
        self.bus.publish(EventType.SESSION_CHANGED, SessionEvent(signed_in, reason))
