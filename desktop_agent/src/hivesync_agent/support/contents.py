"""What goes into a support bundle, each with its purpose. No payload, path of a project, or account name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hivesync_contract.errors import HiveSyncError

from hivesync_agent.cli.checks.everything import look_at_everything
from hivesync_agent.log import tail
from hivesync_agent.service.start_log import start_log
from hivesync_agent.support.facts import settings_shown, versions

if TYPE_CHECKING:
    from hivesync import Client
    from hivesync_contract.local_api import AgentStatus

LOG_LINES = 4_000


@dataclass(frozen=True, slots=True)
class Part:
    """One file: `….json` holds a value, every other one a list of lines."""

    name: str
    purpose: str
    content: Any


def contents(client: Client, events: Sequence[str] | None) -> Iterator[Part]:
    """Give the parts; `events` are the types of the agent's last events, None where no agent tells them."""
    settings, locations = client.settings, client.locations
    log = locations.agent_log(settings.profile)
    status = _status(client)
    yield Part("versions.json", "which versions run on which platform", versions())
    yield Part(
        "settings.json", "settings and variables, secrets left out", settings_shown(settings, locations)
    )
    yield Part("doctor.json", "what `hivesync doctor` finds", list(look_at_everything(client)))
    yield Part("operations.json", "how many changes wait for the network", _operations(client, status))
    if status is not None:
        yield Part("status.json", "the agent's state, without the account's names", _without_names(status))
    if events is not None:
        yield Part("events.json", "types of the agent's last events, oldest first, without content", events)
    lines = [*tail(log.with_name(f"{log.name}.1"), LOG_LINES), *tail(log, LOG_LINES)][-LOG_LINES:]
    yield Part("agent.log", "the agent's last log lines, redacted", lines)
    yield Part(
        "agent.start.log",
        "what an agent printed that could not start",
        tail(start_log(locations, settings.profile), 200),
    )


def _status(client: Client) -> AgentStatus | None:
    try:
        return client.agent.status()
    except HiveSyncError:
        return None  # why not is among the doctor's findings


def _operations(client: Client, status: AgentStatus | None) -> dict[str, Any]:
    if status is not None:
        return {"waiting": status.queued_operations, "conflicts": status.conflicting_operations}
    folder = client.locations.state / "operations"
    return {"stored_by_all_accounts": sum(1 for _ in folder.glob("*/*.json"))}


def _without_names(status: AgentStatus) -> dict[str, Any]:
    import msgspec

    shown: dict[str, Any] = msgspec.to_builtins(status)
    shown["user"] = status.user.id if status.user else None
    return shown
