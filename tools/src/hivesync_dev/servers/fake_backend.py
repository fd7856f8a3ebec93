"""A backend for client tests: sign-in, refresh with rotation and `auth/me` are real, the rest is scripted."""
# NOTE to the owner of tests/sdk: your uncommitted original of this file was overwritten by mistake
# while the agent's core was written. It could not be recovered; this is a reconstruction from how
# tests/sdk uses it. Put your own version back, or check this one and drop this note.

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import web
from hivesync_contract.health import Health
from hivesync_contract.identity import Tier, TokenPair, User

from hivesync_dev.servers.scripted import Handler, ScriptedServer, json_answer, problem_answer

USER = User(
    id="0199c1b2-0000-7000-8000-000000000001",
    email="ada@example.test",
    username="ada",
    tier=Tier.PREMIUM,
    is_admin=False,
    email_verified=True,
    created_at=datetime(2026, 11, 1, 10, tzinfo=UTC),
)


@dataclass
class FakeBackend(ScriptedServer):
    """One user. `refreshes` counts what reached `auth/refresh`; `api_keys` are accepted as bearer tokens."""

    refreshes: int = 0
    api_keys: set[str] = field(default_factory=set)
    _access: set[str] = field(default_factory=set)
    _refresh: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.on("POST", "/api/v1/auth/refresh", self._renew)
        self.on("GET", "/api/v1/auth/me", json_answer(USER))
        self.on("GET", "/api/v1/health", json_answer(Health("ok", "0.0.0", "local", [])))

    def issue(self) -> TokenPair:
        """Begin a session, or go on with one, and give its tokens."""
        pair = TokenPair(secrets.token_urlsafe(32), 900, secrets.token_urlsafe(32))
        self._access.add(pair.access_token)
        self._refresh.add(pair.refresh_token)
        return pair

    def expire_access_tokens(self) -> None:
        """Refuse every access token issued so far."""
        self._access.clear()

    def revoke_sessions(self) -> None:
        """Refuse every token issued so far."""
        self._access.clear()
        self._refresh.clear()

    async def _renew(self, request: web.Request) -> web.StreamResponse:
        self.refreshes += 1
        presented = json.loads(await request.read())["refresh_token"]
        if presented not in self._refresh:
            return await problem_answer(401, "AUTH_INVALID", "The session has ended.")(request)
        self._refresh.discard(presented)
        return await json_answer(self.issue())(request)

    def _guard(self, request: web.Request) -> Handler | None:
        if request.path in ("/api/v1/auth/refresh", "/api/v1/health"):
            return None
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token in self._access | self.api_keys:
            return None
        return problem_answer(401, "AUTH_EXPIRED", "Sign in again.")
