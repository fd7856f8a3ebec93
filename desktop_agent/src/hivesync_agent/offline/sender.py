"""Sends one waiting change and reads the answer. Never follows a redirect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hivesync_contract.errors import HiveSyncError

from hivesync_agent.offline.entry import Entry, json_of
from hivesync_agent.offline.owner import SignedIn
from hivesync_agent.offline.verdict import Outcome, judge
from hivesync_agent.upstream import API, Upstream, read_bounded


@dataclass(frozen=True, slots=True)
class Sender:
    """The way of waiting changes to the backend."""

    upstream: Upstream

    async def send(self, entry: Entry, signed_in: SignedIn) -> Outcome:
        """Send the change as its user; raise `UpstreamUnreachable`, after which it may have been done."""
        headers = dict(entry.headers) | {"Authorization": f"Bearer {signed_in.token}"}
        async with await self.upstream.send(
            entry.method, entry.target, headers, entry.body or None
        ) as answer:
            return judge(answer.head, await read_bounded(answer))

    async def look(self, entry: Entry, signed_in: SignedIn) -> Any:
        """Give what the backend has in place of a refused change; None if it does not say."""
        try:
            path = entry.path.removeprefix(API)
            status, body = await self.upstream.exchange("GET", path, None, signed_in.token)
        except HiveSyncError:
            return None
        return json_of(body) if status == 200 else None
