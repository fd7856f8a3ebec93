"""What is never relayed, even for a client that has the local token.

A plugin gets what its user can do in an editor, not what would outlive the agent: no administration, no
API keys to carry away, no session of its own. The gate has proven that the path reads the same everywhere.
"""

from __future__ import annotations

import re

from hivesync_agent.problems import BadRequest, Forbidden

_RESOURCE = re.compile(r"/api/v1/([A-Za-z0-9_-]+)(?:/|$)")
_READS = frozenset({"GET", "HEAD"})
HEALTH = "/api/v1/health"


def check_relayed(method: str, path: str) -> None:
    """Refuse what is not relayed (403), and a resource that is spelt in a way we don't compare (400)."""
    match = _RESOURCE.match(path)
    if match is None:
        raise BadRequest("The path must name a resource under /api/v1.")
    # The backend compares case by case; one that did not must not be the way around this.
    resource = match[1].lower()
    if resource == "admin":
        raise Forbidden("Administration is not relayed; use the admin pages of the backend.")
    if resource == "auth" and path != "/api/v1/auth/me":
        raise Forbidden("Sign-in goes through /v1/session; of auth/ only auth/me is relayed.")
    if resource in ("api-keys", "api_keys") and method not in _READS:
        raise Forbidden("API keys are made and ended on the backend's page /security/api-keys.")


def needs_session(method: str, path: str) -> bool:
    """Tell whether the backend wants to know who asks; only its health is for everyone."""
    return not (path == HEALTH and method in _READS)
