"""Changes that wait for the network, and those that came back as conflicts (`/v1/operations`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from hivesync_contract.errors import Problem


class OperationKind(StrEnum):
    """The declared list: what may wait while the backend can't be reached."""

    PROJECT_UPDATE = "project.update"
    PROJECT_FAVORITE = "project.favorite"
    PROJECT_UNFAVORITE = "project.unfavorite"
    TASK_UPDATE = "task.update"
    COMMENT_CREATE = "comment.create"
    NOTIFICATION_READ = "notification.read"


class OperationState(StrEnum):
    """`waiting` for the network or for its user; `conflict`: the backend refused it, the user decides."""

    WAITING = "waiting"
    CONFLICT = "conflict"
    DONE = "done"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class OperationConflict:
    """Why a change came back. `theirs` is the resource as the backend had it then, null if not known."""

    at: datetime
    problem: Problem
    theirs: Any = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One change of the declared list. `change` is its JSON body, `client` who made it.

    `user_id` is whose it is: it is sent with that user's session only, so while somebody else is signed in
    it waits, and is shown to nobody. `yours`: that user is signed in.
    """

    id: str
    kind: OperationKind
    state: OperationState
    method: str
    path: str
    user_id: str
    yours: bool
    queued_at: datetime
    client: str
    change: Any = None
    conflict: OperationConflict | None = None


@dataclass(frozen=True, slots=True)
class OperationList:
    """`GET /v1/operations`, in the order in which they are sent; conflicts keep their place.

    Only the signed-in account's own; `of_other_accounts` counts what waits for others to sign in again.
    `damaged` names files of the agent's state folder that could not be read and were kept aside.
    """

    items: list[Operation]
    next_cursor: str | None = None
    damaged: list[str] = field(default_factory=list)
    of_other_accounts: int = 0
