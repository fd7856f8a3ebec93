"""One change in the form that survives the end of the agent, and as clients see it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import msgspec
from hivesync_contract import headers as names
from hivesync_contract.operations import Operation, OperationConflict, OperationKind, OperationState

_CONDITIONS = frozenset({"if-match", "if-unmodified-since"})
_KEPT = _CONDITIONS | {
    "accept",
    "content-encoding",
    "content-language",
    "content-type",
    "user-agent",
    names.CLIENT.lower(),
}
"""What the backend needs again. The rest is about the connection of that moment, or about its answer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A change of one user. `number` gives the order; `key` makes the backend do it once.

    `fence`: of a conflict, the number that was next when it came back. What has a smaller one was made by
    somebody who could not know of it yet.
    """

    id: str
    number: int
    user_id: str
    kind: OperationKind
    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    key: str
    client: str
    accepted_at: float
    conflict: OperationConflict | None = None
    fence: int = 0

    @property
    def path(self) -> str:
        """Give the target without its query: it names the resource."""
        return self.target.partition("?")[0]

    @property
    def is_waiting(self) -> bool:
        """Tell whether it is still to be sent."""
        return self.conflict is None

    def is_overtaken_by(self, conflict: Entry) -> bool:
        """Tell whether this change was made on top of one that the backend refused.

        POST adds something of its own. Everything else changes what the refused one should have left.
        """
        return (
            (conflict.user_id, conflict.path) == (self.user_id, self.path)
            and self.method != "POST"
            and conflict.number < self.number < conflict.fence
        )

    def again(self, number: int, now: float) -> Entry:
        """Give the change as the user's new decision: last in order, unconditional, done anew."""
        unconditional = tuple(header for header in self.headers if header[0].lower() not in _CONDITIONS)
        key = str(uuid.uuid4())
        return replace(
            self,
            number=number,
            headers=kept_headers(unconditional, key),
            key=key,
            accepted_at=now,
            conflict=None,
            fence=0,
        )

    def shown(self, user_id: str | None, state: OperationState | None = None) -> Operation:
        """Give the wire form, as `user_id` sees it."""
        return Operation(
            id=self.id,
            kind=self.kind,
            state=state or (OperationState.WAITING if self.is_waiting else OperationState.CONFLICT),
            method=self.method,
            path=self.path,
            user_id=self.user_id,
            yours=self.user_id == user_id,
            queued_at=datetime.fromtimestamp(self.accepted_at, UTC),
            client=self.client,
            change=json_of(self.body),
            conflict=self.conflict,
        )


def kept_headers(headers: tuple[tuple[str, str], ...], key: str) -> tuple[tuple[str, str], ...]:
    """Give the headers to send a change with, whenever that will be; the key is among them."""
    kept = ((name, value) for name, value in headers if name.lower() in _KEPT)
    return (*kept, (names.IDEMPOTENCY_KEY, key))


def json_of(body: bytes) -> Any:
    """Give the decoded body; None if there is none, or if it is no JSON."""
    try:
        return msgspec.json.decode(body) if body else None
    except msgspec.DecodeError:
        return None
