"""How a check is declared, and what checks know of the machine and of each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hivesync_contract.errors import HiveSyncError

from hivesync_agent.cli.checks.finding import Seen

if TYPE_CHECKING:
    from hivesync import Client
    from hivesync_contract.health import Health
    from hivesync_contract.local_api import AgentStatus

    from hivesync_agent.cli.checks.way import Answer


@dataclass(slots=True)
class Machine:
    """What the checks share. A check reads only what those before it have left here."""

    client: Client
    origin: str
    status: AgentStatus | None = None
    """What the agent told, if one runs."""
    answer: Answer | None = None
    """The backend's answer to the question for its health."""
    health: Health | None = None

    @classmethod
    def of(cls, client: Client) -> Machine:
        """Give the machine of this client; where nobody names a backend, the agent's is meant."""
        from hivesync.discovery import read_discovery

        settings, origin = client.settings, client.settings.server_url
        if not settings.names_server:
            try:
                served = read_discovery(client.locations.discovery_file(settings.profile)).server_url
            except HiveSyncError:
                served = None  # no agent: what is wrong with it is another check's finding
            origin = served or origin
        return cls(client, origin)


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `look` gives None where there is nothing to tell; expected failures may be raised.

    `needs`: checks without whose success this one can't look. `explained_by`: checks whose finding, if it is
    wrong, is the cause of what is wrong here. Both come first.
    """

    name: str
    room: str
    look: Callable[[Machine], Seen | None]
    needs: tuple[str, ...] = ()
    explained_by: tuple[str, ...] = ()
    limit_seconds: float = 10.0
    before: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "before", frozenset((*self.needs, *self.explained_by)))
