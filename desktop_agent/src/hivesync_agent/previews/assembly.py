"""Put the parts of previews together: which object gets which. No behaviour of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from hivesync_contract.health import Health

from hivesync_agent.ai_docs.context import Surroundings
from hivesync_agent.ai_docs.endpoints import AiDocsRoutes
from hivesync_agent.ai_docs.service import AiDocsRequests
from hivesync_agent.events.bus import Event, EventBus, each
from hivesync_agent.local_api.route import Route
from hivesync_agent.previews.account import Account, Owner
from hivesync_agent.previews.delivery import Delivery
from hivesync_agent.previews.endpoints import PreviewRoutes
from hivesync_agent.previews.flow import Flow
from hivesync_agent.previews.follow import Follower
from hivesync_agent.previews.live import Live
from hivesync_agent.previews.patience import Patience
from hivesync_agent.previews.room import Rooms
from hivesync_agent.previews.service import Previews
from hivesync_agent.previews.store import PreviewStore
from hivesync_agent.previews.uploading import LazyUploader
from hivesync_agent.projects.digests import DigestCache
from hivesync_agent.projects.endpoints import ProjectRoutes
from hivesync_agent.projects.index.service import Indexes
from hivesync_agent.projects.linked import LinkedProjects
from hivesync_agent.projects.links import ProjectLinks
from hivesync_agent.projects.root import Roots
from hivesync_agent.projects.scan import Scanner
from hivesync_agent.projects.watch.watches import Watches
from hivesync_agent.session.profile import Profile
from hivesync_agent.session.protocol import SessionAccess
from hivesync_agent.settings import AgentSettings
from hivesync_agent.status.health import HealthCheck
from hivesync_agent.tasks import BackgroundTasks
from hivesync_agent.upstream import Upstream


@dataclass(frozen=True, slots=True)
class PreviewParts:
    """What the agent keeps: routes to serve, and what to start and to stop."""

    previews: Previews
    projects: LinkedProjects
    ai_docs: AiDocsRequests
    uploader: LazyUploader

    def routes(self) -> list[Route]:
        """Give the routes of all three."""
        return [
            *PreviewRoutes(self.previews).routes(),
            *ProjectRoutes(self.projects).routes(),
            *AiDocsRoutes(self.ai_docs).routes(),
        ]

    def start(self) -> None:
        """Begin the background work."""
        self.previews.start()
        self.projects.start()

    async def close(self) -> None:
        """Stop before the connections close: the end of the agent is no failure of a preview."""
        await self.previews.stop()
        await self.projects.stop()
        await self.ai_docs.stop()
        await self.uploader.close()


def assemble_previews(
    *,
    settings: AgentSettings,
    upstream: Upstream,
    access: SessionAccess,
    profile: Profile,
    owner: Owner,
    health: HealthCheck,
    bus: EventBus,
    tasks: BackgroundTasks,
) -> PreviewParts:
    """Make the parts; nothing runs before `start()`."""
    locations = settings.locations
    own_folders = (locations.runtime, locations.config, locations.state, locations.log)
    state = locations.state / "previews" / settings.profile
    roots = Roots(Path.home(), own_folders)
    scanner = Scanner(roots, DigestCache(locations.state / "digests.sqlite3"))
    links = ProjectLinks(locations.state / f"projects.{settings.profile}.json", upstream)
    account = Account(settings.server_url, settings.profile, access, profile, owner, _Reach(health))
    indexes = Indexes(locations.state / "index", roots)
    watches = Watches(indexes, tasks)
    uploader, patience = LazyUploader(), Patience()
    flow = Flow(
        account=account,
        delivery=Delivery(scanner, links, upstream, account, uploader, patience),
        follower=Follower(upstream),
        patience=patience,
        live=Live(scanner, watches, links, Rooms(upstream, account, bus, roots.own_identities), tasks),
    )
    previews = Previews(
        scanner=scanner,
        account=account,
        backend=upstream,
        links=links,
        flow=flow,
        store=PreviewStore(state),
        events=bus,
        tasks=tasks,
        listen=lambda: _listen(bus),
    )
    projects = LinkedProjects(
        whose=account,
        links=links,
        roots=roots,
        indexes=indexes,
        watches=watches,
        events=bus,
        tasks=tasks,
        listen=lambda: _listen(bus),
    )
    ai_docs = AiDocsRequests(
        roots=roots,
        whose=account,
        links=links,
        backend=upstream,
        surroundings=Surroundings(roots),
        events=bus,
        tasks=tasks,
    )
    return PreviewParts(previews, projects, ai_docs, uploader)


@dataclass(frozen=True, slots=True)
class _Reach:
    """Asks again at once after "not reachable": the check may be half a minute old."""

    check: HealthCheck

    async def health(self) -> Health | None:
        reachability = await self.check.reachability()
        if not reachability.online:
            self.check.expire()
            reachability = await self.check.reachability()
        return reachability.health


async def _listen(bus: EventBus) -> AsyncIterator[Event]:
    subscription = bus.subscribe(None)
    try:
        async for event in each(subscription):
            yield event
    finally:
        bus.unsubscribe(subscription)
