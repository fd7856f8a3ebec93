"""Outermost layer: the request's id, one log line per request, and the net under unexpected errors."""

from __future__ import annotations

import logging
import re
import time
from dataclasses import dataclass

from hivesync_contract import headers
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hivesync_server.adapters.ids import new_id
from hivesync_server.http.client_address import Networks, client_address, network_of
from hivesync_server.http.rate_limits import answer_headers
from hivesync_server.logs import USER_ID, request_id
from hivesync_server.monitoring.metrics import Metrics
from hivesync_server.problems import internal_error

_logger = logging.getLogger(__name__)
_USABLE_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


@dataclass(slots=True)
class _Answer:
    """Watches what is sent, to add the id and how limits stand, and to know how it went."""

    send: Send
    id: str
    scope: Scope
    status: int = 0
    begun_at: float = 0.0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.begun_at = time.perf_counter()
            added = MutableHeaders(scope=message)
            added[headers.REQUEST_ID] = self.id
            added.update(answer_headers(self.scope.get("state", {})))
        await self.send(message)


@dataclass(frozen=True, slots=True)
class RequestContext:
    """ASGI middleware; see the module."""

    app: ASGIApp
    metrics: Metrics
    trusted: Networks = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; other scopes pass through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        identifier = _id_of(scope)
        token = request_id.set(identifier)
        answer = _Answer(send, identifier, scope)
        started = time.perf_counter()
        try:
            await self.app(scope, receive, answer)
        except Exception:
            _logger.exception("request crashed")
            if answer.status:
                raise
            await internal_error()(scope, receive, answer)
        finally:
            _log(scope, answer.status, time.perf_counter() - started, self.trusted)
            if answer.status:
                seconds = answer.begun_at - started
                self.metrics.count_answer(scope["method"], route_of(scope), answer.status, seconds)
            request_id.reset(token)


def _id_of(scope: Scope) -> str:
    given = Headers(scope=scope).get(headers.REQUEST_ID, "")
    return given if _USABLE_ID.fullmatch(given) else new_id()


def route_of(scope: Scope) -> str:
    """Give the template of a route we know, not the address: no query, and nothing an attacker chose."""
    known = getattr(scope.get("route"), "path", None)
    if known is None:
        return "(unknown)"
    names = {str(value): f"{{{name}}}" for name, value in scope.get("path_params", {}).items()}
    if any("/" in value for value in names):
        return str(known)
    # The matched route's own path lacks the prefixes under which its routers were included.
    return "/".join(names.get(part, part) for part in scope["path"].split("/"))


def _log(scope: Scope, status: int, seconds: float, trusted: Networks) -> None:
    fields = {
        "method": scope["method"],
        "route": route_of(scope),
        "status": status,
        "ms": round(seconds * 1000, 1),
        # Enough to see where trouble comes from, and no person's address.
        "network": network_of(client_address(HTTPConnection(scope), trusted)),
    }
    if user_id := scope.get("state", {}).get(USER_ID):
        fields["user"] = user_id
    _logger.info("request", extra=fields)
