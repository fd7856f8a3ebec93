"""The declared list: which mutations may wait for the network. Everything else fails while offline.

On it is only what stays right when it is sent later, and what the backend does once per Idempotency-Key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hivesync_contract.operations import OperationKind

_ID = "[A-Za-z0-9_-]+"
_PROJECT = f"/api/v1/projects/{_ID}"


@dataclass(frozen=True, slots=True)
class Declared:
    """One mutation of the list."""

    kind: OperationKind
    method: str
    path: re.Pattern[str]


MUTATIONS = tuple(
    Declared(kind, method, re.compile(path))
    for kind, method, path in (
        (OperationKind.PROJECT_UPDATE, "PATCH", _PROJECT),
        (OperationKind.PROJECT_FAVORITE, "PUT", f"{_PROJECT}/favorite"),
        (OperationKind.PROJECT_UNFAVORITE, "DELETE", f"{_PROJECT}/favorite"),
        (OperationKind.TASK_UPDATE, "PATCH", f"{_PROJECT}/tasks/{_ID}"),
        (OperationKind.COMMENT_CREATE, "POST", f"{_PROJECT}/comments"),
        (OperationKind.NOTIFICATION_READ, "PATCH", f"/api/v1/notifications/(?!settings$){_ID}"),
    )
)


def declared(method: str, path: str) -> OperationKind | None:
    """Give what kind of waiting change this would be; None if it may not wait."""
    for mutation in MUTATIONS:
        if mutation.method == method and mutation.path.fullmatch(path):
            return mutation.kind
    return None
