"""Put the parts of the journal together: which object gets which. No behaviour of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hivesync.credentials.session import StoredSession

from hivesync_agent.events.bus import EventBus
from hivesync_agent.offline.endpoints import OperationRoutes
from hivesync_agent.offline.journal import OperationJournal
from hivesync_agent.offline.owner import TokenOwner
from hivesync_agent.offline.replay import Replay
from hivesync_agent.offline.sender import Sender
from hivesync_agent.offline.store import EntryStore
from hivesync_agent.session.protocol import SessionAccess
from hivesync_agent.session.vault import Vault
from hivesync_agent.settings import AgentSettings
from hivesync_agent.upstream import Upstream


@dataclass(frozen=True, slots=True)
class OfflineParts:
    """What the agent keeps: the journal for the relay, its replay to run, routes to serve."""

    journal: OperationJournal
    replay: Replay
    routes: OperationRoutes
    owner: TokenOwner

    def session_changed(self) -> None:
        """Look anew whose changes may be sent."""
        self.owner.forget()
        self.replay.wake()


def assemble_offline(
    *,
    settings: AgentSettings,
    upstream: Upstream,
    access: SessionAccess,
    vault: Vault,
    bus: EventBus,
    until_running: Callable[[], Awaitable[None]],
) -> OfflineParts:
    """Make the parts; `journal.load()` comes before the first request, `replay.run()` after it."""

    async def stored() -> StoredSession | None:
        # An API key wins over the session, which may be somebody else's.
        return None if settings.api_key else await asyncio.to_thread(vault.load)

    folder = settings.account.operations_folder(settings.locations.state)
    owner = TokenOwner(upstream, access, stored)
    journal = OperationJournal(store=EntryStore(folder), owner=owner, events=bus)
    replay = Replay(journal=journal, owner=owner, sender=Sender(upstream), until_running=until_running)
    return OfflineParts(journal, replay, OperationRoutes(journal), owner)
