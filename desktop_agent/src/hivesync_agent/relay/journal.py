"""What the relay asks of a journal of mutations: the border between `relay/` and `offline/`.

The relay tries to send first. Only when the backend can't be reached, or when earlier mutations still wait
(later ones must not overtake them), it hands the mutation over and answers 202 `OFFLINE_QUEUED`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from hivesync_contract.errors import ErrorCode, HiveSyncError, Problem

from hivesync_agent.wire.messages import AnswerHead

MUTATION_BYTES = 64 * 1024
"""Most that a journalled mutation's body may hold; a larger one is never queued."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One write as the client sent it. It has a key, so that an attempt that broke off may be repeated."""

    method: str
    target: str
    """Path and query under the backend's origin: `/api/v1/…`, checked by the gate."""
    headers: tuple[tuple[str, str], ...]
    """The end-to-end headers that the backend needs again, `Idempotency-Key` among them. Never a token."""
    body: bytes
    idempotency_key: str
    client: str
    """`<name>/<version>` of the caller."""


@dataclass(frozen=True, slots=True)
class Queued:
    """What the client can ask about at `GET /v1/operations`."""

    operation_id: str


class OfflineQueued(HiveSyncError):
    """Not a failure: the mutation is journalled, and is sent when the backend is back."""

    code = ErrorCode.OFFLINE_QUEUED

    def __init__(self, queued: Queued) -> None:
        super().__init__("HiveSync can't be reached; this change is kept and sent when it can.", status=202)
        self.operation_id = queued.operation_id

    def problem(self, request_id: str = "") -> Problem:
        """Name the operation, so that its outcome can be followed."""
        return dataclasses.replace(super().problem(request_id), operation_id=self.operation_id)


def can_be_the_backends(head: AnswerHead) -> bool:
    """Tell whether a success can be the backend's word on a mutation: no content, or JSON.

    Anything else is a page that something in between has put there (a captive portal, a proxy); it says
    nothing about the mutation.
    """
    media_type = (head.header(b"content-type") or b"").partition(b";")[0].strip().lower()
    return head.status == HTTPStatus.NO_CONTENT or media_type == b"application/json"


class Journal(Protocol):
    """Keeps mutations durably and replays them once, in order."""

    def takes(self, method: str, path: str) -> bool:
        """Tell whether this mutation is on the declared list."""

    def has_waiting(self) -> bool:
        """Tell whether earlier mutations have not been replayed yet: then later ones queue, too."""

    async def accept(self, mutation: Mutation) -> Queued:
        """Keep it; it survives `kill -9` from the moment this returns."""
