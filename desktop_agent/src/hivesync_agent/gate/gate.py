"""The gate: every request passes here first, and leaves with an answer in the contract's shape.

It reads no body. A refused request costs one look at its head and closes its connection, so nothing
that was sent behind it can be taken for a request of its own.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Protocol

from aiohttp import HttpVersion10, HttpVersion11, web
from hivesync_contract.discovery import API_PREFIX
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.gate.connection import closing
from hivesync_agent.gate.proof import Proof
from hivesync_agent.gate.rules import Rules, read_head
from hivesync_agent.gate.target import split_target
from hivesync_agent.log import request_id_of_task
from hivesync_agent.problems import BadRequest, InternalError, NotFound, problem_response

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

_RELAY_PREFIX = f"{API_PREFIX}/api/v1/"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_VERSIONS = (HttpVersion10, HttpVersion11)
_LAST = frozenset({400, 401, 403, 405, 408, 413, 417, 431})
"""After these nothing that follows on the connection is looked at: it might be a part of the same attempt."""

_log = logging.getLogger("hivesync.gate")


class ClientRegister(Protocol):
    """Remembers who called."""

    def seen(self, client: str) -> None: ...


class Relaying(Protocol):
    """Forwards a request whose head has been accepted."""

    async def forward(
        self, request: web.BaseRequest, path: str, query: str, request_id: str
    ) -> web.StreamResponse: ...


class Gate:
    """Admits a request to proof, relay or local routes, or refuses it."""

    def __init__(
        self, *, rules: Rules, proof: Proof, clients: ClientRegister, relay: Relaying, local: Handler
    ) -> None:
        self._rules = rules
        self._proof = proof
        self._clients = clients
        self._relay = relay
        self._local = local

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; never raises, except that a cancelled request stays cancelled."""
        request_id = secrets.token_hex(8)
        request_id_of_task.set(request_id)
        try:
            return await self._admit(request, request_id)
        except HiveSyncError as error:
            return _refusal(request, error, request_id)
        except web.HTTPException as error:
            return _refusal(request, _from_aiohttp(error), request_id)
        except (asyncio.CancelledError, ConnectionError):
            raise
        except Exception:
            _log.exception("request failed")
            return _refusal(request, InternalError("The agent failed; see its log."), request_id)

    async def _admit(self, request: web.BaseRequest, request_id: str) -> web.StreamResponse:
        head = read_head(request.raw_headers)
        self._rules.check_origin(head)
        if request.version not in _VERSIONS:
            raise BadRequest("Only HTTP/1.1 is spoken here.")
        path, query = split_target(request.raw_path)
        client = self._rules.check_client(head)
        if path in (API_PREFIX, API_PREFIX + "/"):
            return self._proof.answer(request.method, query)
        self._rules.check_token(head)
        if request.method not in _METHODS:
            raise BadRequest("The method is not supported.", status=405)
        self._clients.seen(client)
        if path.startswith(_RELAY_PREFIX):
            return await self._relay.forward(request, path[len(API_PREFIX) :], query, request_id)
        return await self._local(request)


def _refusal(request: web.BaseRequest, error: HiveSyncError, request_id: str) -> web.StreamResponse:
    response = problem_response(error, request_id)
    if error.status in _LAST or request.can_read_body:
        return closing(response)
    return response


def _from_aiohttp(error: web.HTTPException) -> HiveSyncError:
    if error.status == 404:
        return NotFound("The agent has no such route.")
    if error.status < 500:
        return BadRequest(error.reason or "The request is malformed.", status=error.status)
    return InternalError("The agent failed; see its log.")
