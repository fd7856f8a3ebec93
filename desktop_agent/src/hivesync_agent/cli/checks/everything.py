"""All checks in order: the report of `hivesync doctor`, and a part of a support bundle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hivesync_agent.cli.checks import connection, machine
from hivesync_agent.cli.checks.finding import Finding

if TYPE_CHECKING:
    from hivesync import Client


def look_at_everything(client: Client) -> Iterator[Finding]:
    """Give the findings in the order in which one explains the next."""
    settings, locations = client.settings, client.locations
    yield from machine.check_folders(locations)
    agent_lives, finding = machine.check_lock(locations, settings.profile)
    yield finding
    yield machine.check_discovery(locations, settings.profile, agent_lives=agent_lives)
    yield connection.check_proof(client, agent_lives=agent_lives)
    yield machine.check_keychain(settings, locations)
    backend = connection.check_backend(client)
    yield from backend
    yield connection.check_session(client, backend_answers=backend[0].grade == "ok")
