"""Which programs use the agent. Keeps names and times only, and a bounded number of them."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from hivesync_contract.local_api import ConnectedClient

REMEMBERED = 64
CONNECTED_SECONDS = 300.0
"""A client that has been silent for longer is not called connected any more."""


class ConnectedClients:
    """The programs that have called lately, newest last."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last_seen: OrderedDict[str, float] = OrderedDict()

    def seen(self, client: str) -> None:
        """Note a call of `<name>/<version>`."""
        self._last_seen[client] = self._clock()
        self._last_seen.move_to_end(client)
        if len(self._last_seen) > REMEMBERED:
            self._last_seen.popitem(last=False)

    def connected(self) -> list[ConnectedClient]:
        """Give those that have called within the last minutes, the latest first."""
        now = self._clock()
        recent = [
            _connected(client, now - seen)
            for client, seen in self._last_seen.items()
            if now - seen <= CONNECTED_SECONDS
        ]
        return recent[::-1]


def _connected(client: str, seconds_ago: float) -> ConnectedClient:
    name, _, version = client.partition("/")
    return ConnectedClient(name, version, round(seconds_ago, 3))
