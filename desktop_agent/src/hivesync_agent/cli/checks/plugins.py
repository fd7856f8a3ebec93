"""Which editors of this machine have the plugin, and whether it belongs to this agent."""

from __future__ import annotations

from hivesync_agent.cli.checks.check import Machine
from hivesync_agent.cli.checks.finding import Seen, note, ok
from hivesync_agent.plugins import machine
from hivesync_agent.plugins.everything import find_places


def check_plugins(_: Machine) -> Seen | None:
    """Look at what is installed; where there is no editor, there is nothing to tell."""
    places = [(place, place.installed()) for place in find_places(machine.Machine.here())]
    there = [(place.name, found) for place, found in places if found is not None]
    if not places:
        return None
    if not there:
        names = ", ".join(place.name for place, _ in places)
        return note(f"no plugin in {names}", "`hivesync plugins install` installs it.")
    told = ", ".join(f"{name} {found.version}" for name, found in there)
    if any(found.ours and not found.current for _, found in there):
        return note(told, "`hivesync plugins install` brings them up to date.")
    return ok(told)
