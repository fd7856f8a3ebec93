"""A backend that does changes once per Idempotency-Key, as the contract says, and counts what it did.

What a client sent and what was done can be compared: nothing may be missing, nothing done twice.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from hivesync_contract.errors import ErrorCode

from hivesync_dev.servers.json_answers import problem_answer
from hivesync_dev.servers.upstream_backend import UpstreamBackend


@dataclass(frozen=True, slots=True)
class Effect:
    """One change that was really made."""

    user_id: str
    method: str
    path: str
    body: Any
    key: str


@dataclass(slots=True)
class FakeChanges(UpstreamBackend):
    """Takes every mutation of `projects` and `notifications`; scripted answers come first."""

    effects: list[Effect] = field(default_factory=list)
    attempts: int = 0
    answers: deque[web.Response] = field(default_factory=deque)
    """Given instead of doing anything, one per request."""
    lose_answers: int = 0
    """How many changes are made and then not answered."""
    on_change: Callable[[], Awaitable[None]] | None = None
    """Awaited before a change is made."""
    resources: dict[str, Any] = field(default_factory=dict)
    """What a GET of a path gives."""
    _answered: dict[tuple[str, str, str, str], tuple[bytes, str]] = field(default_factory=dict)

    def doubled(self) -> list[str]:
        """Give the keys of what was done more than once."""
        times = Counter(effect.key for effect in self.effects)
        return [key for key, count in times.items() if count > 1]

    def lost(self, accepted: Iterable[str]) -> list[str]:
        """Give those of the accepted keys that were never done."""
        done = {effect.key for effect in self.effects}
        return [key for key in accepted if key not in done]

    def refuse(self, code: ErrorCode, **headers: str) -> None:
        """Answer the next change with this problem."""
        answer = problem_answer(code, "Refused by the test.")
        answer.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
        self.answers.append(answer)

    def _routes(self) -> Iterable[web.RouteDef]:
        for prefix in ("projects", "notifications"):
            yield web.get(f"/api/v1/{prefix}/{{rest:.*}}", self._resource)
            for method in ("PATCH", "PUT", "DELETE", "POST"):
                yield web.route(method, f"/api/v1/{prefix}/{{rest:.*}}", self._change)
        yield from UpstreamBackend._routes(self)

    async def _resource(self, request: web.Request) -> web.Response:
        if request.path not in self.resources:
            return problem_answer(ErrorCode.NOT_FOUND, "There is no such thing.")
        return web.json_response(self.resources[request.path])

    async def _change(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.attempts += 1
        if self.on_change is not None:
            await self.on_change()
        if self.answers:
            return self.answers.popleft()
        answer = self._do(request, body)
        if self.lose_answers > 0 and request.transport is not None:
            self.lose_answers -= 1
            request.transport.abort()
            await asyncio.Event().wait()
        return web.Response(text=answer, content_type="application/json")

    def _do(self, request: web.Request, body: bytes) -> str:
        key = request.headers["Idempotency-Key"]
        user_id = str(self.identity.user["id"])
        identity = (user_id, request.method, request.path, key)
        if identity not in self._answered:
            value = json.loads(body) if body else None
            self.effects.append(Effect(user_id, request.method, request.path, value, key))
            self._answered[identity] = (body, json.dumps({"path": request.path, "change": value}))
        known, answer = self._answered[identity]
        if known != body:
            raise web.HTTPUnprocessableEntity
        return answer
