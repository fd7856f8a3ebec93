"""A backend for client tests: sign-in and token rotation work as the contract says, the rest is scripted."""

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
    id="0193a000-0000-7000-8000-000000000001",
    email="ada@example.org",
    username="ada",
    tier=Tier.PREMIUM,
    is_admin=False,
    email_verified=True,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)
PASSWORD = "correct horse battery"
_PREFIX = "/api/v1"
_PUBLIC = (
    "/health",
    "/auth/login",
    "/auth/refresh",
    "/auth/logout",
    "/auth/device/code",
    "/auth/device/token",
)


@dataclass
class FakeBackend(ScriptedServer):
    """One user. A refresh token works once: presenting a used one revokes everything, as theft would."""

    expires_in: int = 900
    refreshes: int = 0
    revoked: bool = False
    api_keys: set[str] = field(default_factory=set)
    device_answers: list[str] = field(default_factory=list)
    """Errors that `device/token` gives, one after another, before it gives tokens."""
    _access: set[str] = field(default_factory=set)
    _refresh: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.on("GET", _PREFIX + "/health", json_answer(Health("ok", "0.0.0", "local", [])))
        self.on("GET", _PREFIX + "/auth/me", json_answer(USER))
        self.on("POST", _PREFIX + "/auth/login", self._login)
        self.on("POST", _PREFIX + "/auth/refresh", self._renew)
        self.on("POST", _PREFIX + "/auth/logout", self._logout)
        self.on("POST", _PREFIX + "/auth/device/code", self._device_code)
        self.on("POST", _PREFIX + "/auth/device/token", self._device_token)

    def issue(self) -> TokenPair:
        """Give a new session's tokens, as after a sign-in."""
        pair = TokenPair(secrets.token_urlsafe(32), self.expires_in, secrets.token_urlsafe(32))
        self._access.add(pair.access_token)
        self._refresh.add(pair.refresh_token)
        return pair

    def expire_access_tokens(self) -> None:
        """Refuse every access token given so far."""
        self._access.clear()

    def _guard(self, request: web.Request) -> Handler | None:
        path = self._route_path(request).removeprefix(_PREFIX)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if path in _PUBLIC or token in self._access or token in self.api_keys:
            return None
        return problem_answer(401, "AUTH_EXPIRED", "The access token is not valid.")

    async def _login(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if body.get("login") not in (USER.email, USER.username) or body["password"] != PASSWORD:
            return await problem_answer(401, "AUTH_INVALID", "Login or password is wrong.")(request)
        return await json_answer(self.issue())(request)

    async def _renew(self, request: web.Request) -> web.StreamResponse:
        token = json.loads(await request.read())["refresh_token"]
        self.refreshes += 1
        if self.revoked or token not in self._refresh:
            self.revoked = True
            return await problem_answer(401, "AUTH_INVALID", "The session has ended.")(request)
        self._refresh.discard(token)
        return await json_answer(self.issue())(request)

    async def _logout(self, request: web.Request) -> web.StreamResponse:
        self._refresh.discard(json.loads(await request.read())["refresh_token"])
        return web.Response(status=204)

    async def _device_code(self, request: web.Request) -> web.StreamResponse:
        if request.content_type != "application/x-www-form-urlencoded":
            return await json_answer({"error": "invalid_request"}, 400)(request)
        body = {
            "device_code": "device-1",
            "user_code": "ABCD-EFGH",
            "verification_uri": f"{self.origin}/device",
            "verification_uri_complete": f"{self.origin}/device?user_code=ABCD-EFGH",
            "expires_in": 600,
            "interval": 0,
        }
        return await json_answer(body)(request)

    async def _device_token(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        if form["device_code"] != "device-1":
            return await json_answer({"error": "invalid_grant"}, 400)(request)
        if self.device_answers:
            return await json_answer({"error": self.device_answers.pop(0)}, 400)(request)
        return await json_answer(self.issue())(request)
