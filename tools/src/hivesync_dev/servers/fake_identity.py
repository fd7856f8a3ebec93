"""Sign-in as the backend does it: rotating refresh tokens, device codes, access tokens that can be ended.

Holds one user. It keeps the contract's promises that matter to a client: a refresh token retires when its
successor is first used, and until then presenting it again gives the same successor.
"""

from __future__ import annotations

import base64
import itertools
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web
from hivesync_contract.errors import ErrorCode, Problem

from hivesync_dev.servers.json_answers import json_answer, problem_answer

EMAIL = "ada@example.test"
USERNAME = "ada"
PASSWORD = "correct horse battery"
ACCESS_SECONDS = 900
USER = {
    "id": "0199c1b2-0000-7000-8000-000000000001",
    "email": EMAIL,
    "username": USERNAME,
    "tier": "premium",
    "is_admin": False,
    "email_verified": True,
    "created_at": "2026-11-01T10:00:00Z",
}


@dataclass(slots=True)
class FakeIdentity:
    """Tokens of one user, and the counters a test asks about."""

    user: dict[str, object] = field(default_factory=lambda: dict(USER))
    """Who signs in from now on."""
    access_seconds: int = ACCESS_SECONDS
    refreshes: int = 0
    logouts: int = 0
    polls: int = 0
    device_answers: list[str] = field(default_factory=list)
    """RFC 6749 error codes that `device/token` gives before it gives tokens."""
    refresh_problem: Problem | None = None
    """An error that `refresh` answers instead of tokens."""
    lose_refresh_answers: int = 0
    """How many refreshes are done and then not answered."""
    issued: list[str] = field(default_factory=list)
    """Every token ever given out."""
    on_me: Callable[[], Awaitable[None]] | None = None
    """Runs between a token's acceptance and the answer who it is."""
    _access: set[str] = field(default_factory=set)
    _successor: dict[str, str] = field(default_factory=dict)
    _retired: set[str] = field(default_factory=set)
    _valid: set[str] = field(default_factory=set)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def sign_in(self) -> dict[str, object]:
        """Begin a session and give its tokens."""
        return self._pair(self._new_refresh())

    def end_access_tokens(self) -> None:
        """Refuse every access token from now on, as after their fifteen minutes."""
        self._access.clear()

    def revoke_all(self) -> None:
        """End every session."""
        self._access.clear()
        self._valid.clear()

    def accept(self, api_key: str) -> None:
        """Take this key for the user's from now on."""
        self._access.add(api_key)

    def accepts(self, authorization: str | None) -> bool:
        """Tell whether an Authorization header is that of a running session."""
        return authorization is not None and authorization.removeprefix("Bearer ") in self._access

    def routes(self) -> list[web.RouteDef]:
        """Give the route table."""
        return [
            web.post("/api/v1/auth/login", self._login),
            web.post("/api/v1/auth/refresh", self._refresh),
            web.post("/api/v1/auth/logout", self._logout),
            web.get("/api/v1/auth/me", self._me),
            web.post("/api/v1/auth/device/code", self._device_code),
            web.post("/api/v1/auth/device/token", self._device_token),
        ]

    async def _login(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body.get("login") not in (EMAIL, USERNAME) or body.get("password") != PASSWORD:
            return problem_answer(ErrorCode.AUTH_INVALID, "The login or the password is wrong.")
        return json_answer(self.sign_in())

    async def _refresh(self, request: web.Request) -> web.Response:
        self.refreshes += 1
        presented = (await request.json())["refresh_token"]
        if self.refresh_problem is not None:
            return json_answer(self.refresh_problem, self.refresh_problem.status)
        if presented in self._retired or presented not in self._valid:
            return problem_answer(ErrorCode.AUTH_INVALID, "The session has ended.")
        successor = self._successor.get(presented) or self._new_refresh()
        self._successor[presented] = successor
        self._retire_predecessors(presented)
        if self.lose_refresh_answers > 0:
            self.lose_refresh_answers -= 1
            if request.transport is not None:
                request.transport.abort()
        return json_answer(self._pair(successor))

    async def _logout(self, request: web.Request) -> web.Response:
        self.logouts += 1
        self._valid.discard((await request.json())["refresh_token"])
        return web.Response(status=204)

    async def _me(self, request: web.Request) -> web.Response:
        if not self.accepts(request.headers.get("Authorization")):
            return problem_answer(ErrorCode.AUTH_EXPIRED, "The access token has expired.")
        user = dict(self.user)
        if self.on_me is not None:
            await self.on_me()
        return json_answer(user)

    async def _device_code(self, request: web.Request) -> web.Response:
        page = f"http://{request.host}/device"
        return json_answer(
            {
                "device_code": secrets.token_urlsafe(24),
                "user_code": "WDJB-MJHT",
                "verification_uri": page,
                "verification_uri_complete": f"{page}?user_code=WDJB-MJHT",
                "expires_in": 600,
                "interval": 1,
            }
        )

    async def _device_token(self, request: web.Request) -> web.Response:
        self.polls += 1
        if self.device_answers:
            return json_answer({"error": self.device_answers.pop(0)}, 400)
        return json_answer(self.sign_in())

    def _retire_predecessors(self, used: str) -> None:
        for old, new in self._successor.items():
            if new == used:
                self._retired.add(old)

    def _new_refresh(self) -> str:
        token = f"refresh-{next(self._numbers)}-{secrets.token_urlsafe(32)}"
        self._valid.add(token)
        self.issued.append(token)
        return token

    def _new_access(self) -> str:
        """Give a JWT, as the contract has it; only its signature is none."""
        claims = {"sub": self.user["id"], "jti": next(self._numbers)}
        parts = (json.dumps({"alg": "HS256"}).encode(), json.dumps(claims).encode(), secrets.token_bytes(32))
        return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)

    def _pair(self, refresh_token: str) -> dict[str, object]:
        access = self._new_access()
        self._access.add(access)
        self.issued.append(access)
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": self.access_seconds,
            "refresh_token": refresh_token,
        }
