"""A support bundle, made in a process of its own: what it imports and reads leaves nothing in the agent.

Reads one JSON document (`Order`), writes one (`SupportBundle`).
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec
from hivesync.locations import Locations
from hivesync.settings import Settings
from hivesync_contract.local_support import SupportBundle


@dataclass(frozen=True, slots=True)
class Order:
    """Whose bundle. `folders`: runtime, config, state and log; `events`: types of the last events."""

    server_url: str
    profile: str
    folders: tuple[str, str, str, str]
    events: list[str]


def fulfil(order: Order) -> SupportBundle:
    """Make the bundle."""
    import hivesync

    from hivesync_agent.support.bundle import bundle_folder, write_bundle
    from hivesync_agent.support.contents import contents

    settings = Settings(order.server_url, order.profile, os.environ.get("HIVESYNC_TOKEN") or None)
    locations = Locations(*map(Path, order.folders))
    with hivesync.Client(settings=settings, locations=locations, name="hivesync-support/1") as client:
        parts = contents(client, order.events)
        return write_bundle(parts, bundle_folder(locations.state), made_by="agent", note="")


if __name__ == "__main__":
    ordered = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    sys.stdout.buffer.write(msgspec.json.encode(fulfil(ordered)))
