"""Connections that have proven to end at our agent. Nothing secret is ever written to the others.

The proof belongs to the connection, not to the port: when an agent dies, another program can take its port
at any moment.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import json
import secrets
import socket
import threading
from typing import Any

from .discovery import STALE, UNPROVEN, Discovery
from .errors import AgentUnusable
from .version import CLIENT

PREFIX = "/hivesync-desktop-api"
_DEADLINE_SECONDS = 2.0
_ANSWER_MAX_BYTES = 16_384


def expected_proof(token: str, nonce: str) -> str:
    """Give what the agent must answer: hex HMAC-SHA256 of the nonce's text under the token."""
    return hmac.new(token.encode("ascii"), nonce.encode("ascii"), hashlib.sha256).hexdigest()


def open_proven(found: Discovery, read_seconds: float) -> http.client.HTTPConnection:
    """Connect to the agent's port and have it prove itself; raise `AgentUnusable` otherwise."""
    connection = http.client.HTTPConnection("127.0.0.1", found.port, timeout=_DEADLINE_SECONDS)
    try:
        connection.connect()
    except OSError:
        raise AgentUnusable(STALE, "The agent has ended: nobody listens on its port.") from None
    connection.auto_open = 0  # a new connection would have to be proven again
    try:
        _prove(connection, found)
    except BaseException:
        connection.close()
        raise
    connection.sock.settimeout(read_seconds)
    return connection


def _prove(connection: http.client.HTTPConnection, found: Discovery) -> None:
    nonce = secrets.token_hex(32)
    # A socket's timeout is for each piece; whoever sends a byte now and then would hold us for ever.
    alarm = threading.Timer(_DEADLINE_SECONDS, _cut, (connection.sock,))
    alarm.daemon = True
    alarm.start()
    try:
        connection.request("GET", PREFIX + "/?nonce=" + nonce, headers={"X-HiveSync-Client": CLIENT})
        answer = connection.getresponse()
        claimed = _claimed(answer.read(_ANSWER_MAX_BYTES)) if answer.status == 200 else ""
        stays = answer.isclosed() and not answer.will_close and connection.sock is not None
    except (OSError, http.client.HTTPException, ValueError):
        raise AgentUnusable(UNPROVEN, "What listens on the agent's port gave no proof in time.") from None
    finally:
        alarm.cancel()
    if not hmac.compare_digest(claimed.encode(), expected_proof(found.token, nonce).encode()) or not stays:
        raise AgentUnusable(UNPROVEN, "Another program has taken the agent's port.")


def _claimed(body: bytes) -> str:
    told: Any = json.loads(body.decode("utf-8"))
    proof = told.get("proof") if isinstance(told, dict) else None
    return proof if isinstance(proof, str) else ""


def _cut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):  # closed in the same moment
        sock.shutdown(socket.SHUT_RDWR)
