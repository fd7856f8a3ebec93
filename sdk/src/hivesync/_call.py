"""One call, before it is known who answers it. Refuses a path that could name another host."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.headers import IDEMPOTENCY_KEY

_PATH = re.compile(r"/[!-~]*")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS = _SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE"}
_OURS = {name.lower(): name for name in ("Accept", "Content-Type", IDEMPOTENCY_KEY)}
"""The names of headers that are set here: a caller's own, however it is spelt, takes their place."""


class CallInvalid(HiveSyncError):
    """A method or path that is never sent."""

    code = ErrorCode.VALIDATION_ERROR


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the backend (`/api/v1/…`) or to the agent itself (`/v1/…`).

    One that changes something has an Idempotency-Key: sending it again does nothing twice.
    """

    method: str
    path: str
    body: bytes | None = field(default=None, repr=False)
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_local(self) -> bool:
        """Tell whether only the agent can answer it."""
        return not self.path.startswith("/api/")

    @property
    def is_safe(self) -> bool:
        """Tell whether it changes nothing."""
        return self.method in _SAFE_METHODS


def new_call(
    method: str,
    path: str,
    *,
    body: Any = None,
    params: Mapping[str, str | int | None] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Call:
    """Give a call with its JSON body encoded; one that changes something gets an Idempotency-Key."""
    method = method.upper()
    if method not in _METHODS:
        raise CallInvalid(f"{method!r} is not a method of the API.")
    if not _PATH.fullmatch(path) or path.startswith("//") or "\\" in path or "#" in path:
        raise CallInvalid(f"{path!r} is not a path of the API; it begins with one slash.")
    sent = {"Accept": "application/json"}
    sent |= {_OURS.get(name.lower(), name): value for name, value in (headers or {}).items()}
    if body is not None:
        sent.setdefault("Content-Type", "application/json")
    if method not in _SAFE_METHODS:
        sent.setdefault(IDEMPOTENCY_KEY, str(uuid.uuid4()))
    encoded = body if isinstance(body, bytes) else msgspec.json.encode(body) if body is not None else None
    chosen = {name: str(value) for name, value in (params or {}).items() if value is not None}
    return Call(method, path, encoded, chosen, sent)
