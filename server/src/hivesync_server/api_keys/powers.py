"""What a key may do, decided for every request in one place. A route that is not named here stays shut."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hivesync_contract.api_keys import ApiKeyScope
from hivesync_contract.errors import ErrorCode, HiveSyncError
from starlette.requests import HTTPConnection

RESOURCES = frozenset({"projects", "notifications", "events", "search", "support"})
"""Resources that keys reach, each with everything below it."""

SINGLE_ROUTES = frozenset({("GET", "/auth/me"), ("GET", "/profile"), ("PATCH", "/profile")})
"""Single routes of resources that else stay shut."""

OF_LIMITED_KEYS = frozenset({("GET", "/auth/me"), ("GET", "/projects"), ("GET", "/search")})
"""What a limited key reaches beside its projects; the list of projects and the search show these only."""

_PREFIX = "/api/v1"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class KeyTooWeak(HiveSyncError):
    """The key is right, and may not do this."""

    code = ErrorCode.FORBIDDEN


@dataclass(frozen=True, slots=True)
class KeyPowers:
    """A key's scope, and the projects it is limited to, or None."""

    scope: ApiKeyScope
    project_ids: frozenset[str] | None

    def check(self, request: HTTPConnection) -> None:
        """Raise `KeyTooWeak` unless the key may make this request."""
        method, path = request.scope["method"], request.scope["path"].removeprefix(_PREFIX)
        if path.split("/")[1] not in RESOURCES and (method, path) not in SINGLE_ROUTES:
            raise KeyTooWeak("An API key can't do this; sign in instead.")
        if self.scope is ApiKeyScope.READ and method not in _SAFE_METHODS:
            raise KeyTooWeak("This API key may only read; use one with the scope write.")
        if self.project_ids is None or (method, path) in OF_LIMITED_KEYS:
            return
        if _canonical(request.path_params.get("project_id", "")) not in self.project_ids:
            raise KeyTooWeak("This API key is limited to certain projects; use one that is not.")


def _canonical(project_id: str) -> str:
    try:
        return str(UUID(project_id))
    except ValueError:
        return ""
