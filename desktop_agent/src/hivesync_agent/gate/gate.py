"""The gate: every request passes here first, and leaves with an answer in the contract's shape.

It reads no body. A refused request costs one look at its head and closes its connection, so nothing
that was sent behind it can be taken for a request of its own.
"""

from __future__ import annotations

import logging
import secrets
from typing import Protocol

from hivesync_contract.discovery import API_PREFIX
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.gate.proof import Proof
from hivesync_agent.gate.request import Request
from hivesync_agent.gate.rules import Rules
from hivesync_agent.gate.target import split_target
from hivesync_agent.log import request_id_of_task
from hivesync_agent.problems import BadRequest, InternalError

_RELAY_PREFIX = f"{API_PREFIX}/api/v1/"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_VERSIONS = ("1.0", "1.1")
LAST = frozenset({400, 401, 403, 405, 408, 413, 417, 431})
"""After these nothing that follows on the connection is looked at: it might be a part of the same attempt."""

_log = logging.getLogger("hivesync.gate")


class ClientRegister(Protocol):
    """Remembers who called."""

    def seen(self, client: str) -> None: ...


class Relaying(Protocol):
    """Begins to answer a request whose head has been accepted; raises before anything was sent."""

    def begin(self, request: Request, path: str, query: str, client: str, request_id: str) -> None: ...


class Local(Protocol):
    """Begins to answer a request to one of the agent's own routes."""

    def begin(self, request: Request, path: str, query: str, request_id: str) -> None: ...


class Gate:
    """Admits a request to proof, relay or local routes, or refuses it."""

    def __init__(
        self, *, rules: Rules, proof: Proof, clients: ClientRegister, relay: Relaying, local: Local
    ) -> None:
        self._rules = rules
        self._proof = proof
        self._clients = clients
        self._relay = relay
        self._local = local

    def begin(self, request: Request) -> None:
        """Answer one request, or hand it to who does. Never raises."""
        request_id = secrets.token_hex(8)
        request_id_of_task.set(request_id)
        try:
            self._admit(request, request_id)
        except HiveSyncError as error:
            request.refuse(error, request_id, close=error.status in LAST)
        except Exception:
            _log.exception("request failed")
            request.refuse(InternalError("The agent failed; see its log."), request_id, close=True)

    def _admit(self, request: Request, request_id: str) -> None:
        head = request.head
        self._rules.check_origin(head)
        if request.version not in _VERSIONS or (request.version == "1.0" and head.length is None):
            raise BadRequest("Only HTTP/1.1 is spoken here.")
        path, query = split_target(request.target)
        client = self._rules.check_client(head)
        if path in (API_PREFIX, API_PREFIX + "/"):
            request.reply(self._proof.answer(request.method, query))
            return
        self._rules.check_token(head)
        request.admit()
        if request.method not in _METHODS:
            raise BadRequest("The method is not supported.", status=405)
        self._rules.check_expectation(head)
        self._clients.seen(client)
        if path.startswith(_RELAY_PREFIX):
            self._relay.begin(request, path[len(API_PREFIX) :], query, client, request_id)
        elif request.upgrade or b"upgrade" in head.values:
            raise BadRequest("This route can't be upgraded.")
        else:
            self._local.begin(request, path[len(API_PREFIX) :], query, request_id)
