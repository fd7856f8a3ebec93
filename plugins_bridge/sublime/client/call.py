"""One call before it is known who answers it, and its answer. Refuses a path that could name another host."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any, Mapping

from .errors import INVALID, HiveSyncError, problem

PROXY, DIRECT, NONE = "proxy", "direct", "none"
_PATH = re.compile(r"/[!-~]*")
_SAFE = ("GET", "HEAD")
_METHODS = (*_SAFE, "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Call:
    """A request to the backend (`/api/v1/…`) or to the agent itself (`/v1/…`)."""

    method: str
    path: str
    body: bytes | None = field(repr=False)
    headers: Mapping[str, str]

    @property
    def is_local(self) -> bool:
        """Tell whether only the agent can answer it."""
        return not self.path.startswith("/api/")

    @property
    def is_safe(self) -> bool:
        """Tell whether it changes nothing."""
        return self.method in _SAFE

    @property
    def key(self) -> str:
        """Give the Idempotency-Key, empty for what changes nothing."""
        return self.headers.get("Idempotency-Key", "")


def new_call(method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Call:
    """Give a call with its JSON body; one that changes something gets a key, the same for every attempt."""
    method = method.upper()
    if method not in _METHODS:
        raise HiveSyncError(INVALID, f"{method!r} is not a method of the API.")
    if not _PATH.fullmatch(path) or path.startswith("//") or "\\" in path or "#" in path:
        raise HiveSyncError(INVALID, f"{path!r} is not a path of the API.")
    sent = {"Accept": "application/json", **(headers or {})}
    encoded = None
    if body is not None:
        sent["Content-Type"] = "application/json"
        encoded = json.dumps(body).encode("utf-8")
    if method not in _SAFE:
        sent.setdefault("Idempotency-Key", str(uuid.uuid4()))
    return Call(method, path, encoded, sent)


@dataclass(frozen=True)
class Answer:
    """What came back, and by which way. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)
    mode: str

    def json(self) -> Any:
        """Give the decoded body, None if there is none; raise `HiveSyncError` if it is no JSON."""
        if not self.body:
            return None
        try:
            return json.loads(self.body.decode("utf-8"))
        except (ValueError, RecursionError):
            raise HiveSyncError("INTERNAL_ERROR", "The answer is not JSON.", self.status) from None

    def good(self) -> Answer:
        """Give itself; raise the `HiveSyncError` that it tells of."""
        if self.status < 400:
            return self
        try:
            told = self.json()
        except HiveSyncError:  # a proxy's page: its status is all there is to tell
            told = None
        raise problem(self.status, told, self.headers)

    @property
    def offline_seconds(self) -> str:
        """Give how old a stored answer is that was given since the backend is away, else nothing."""
        return self.headers.get("x-hivesync-offline", "")
