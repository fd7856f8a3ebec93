"""Ask a fresh connection for the agent's proof, before anything secret is sent on it.

The proof belongs to the connection, not to the port: when an agent dies, another program can take its
port at any moment, so a check that was made once says nothing about the next connection.
"""

from __future__ import annotations

import hmac
import json
import secrets

import h11
from hivesync_contract import headers
from hivesync_contract.discovery import API_PREFIX, DiscoveryFile
from hivesync_contract.signing import agent_proof

from hivesync._version import __version__

_ANSWER_MAX_BYTES = 16_384


class ProofFailed(Exception):
    """What listens on the agent's port is not the agent."""


class ProofExchange:
    """One `GET /?nonce=…` without I/O: send `request`, feed what arrives until `feed` gives True."""

    def __init__(self, file: DiscoveryFile) -> None:
        self._file = file
        self._nonce = secrets.token_hex(32)
        self._connection = h11.Connection(h11.CLIENT)
        self._body = b""
        self.request = self._encode()

    def _encode(self) -> bytes:
        request = h11.Request(
            method="GET",
            target=f"{API_PREFIX}/?nonce={self._nonce}",
            headers=[
                ("Host", f"127.0.0.1:{self._file.port}"),
                (headers.CLIENT, f"hivesync-sdk/{__version__}"),
            ],
        )
        return (self._connection.send(request) or b"") + (self._connection.send(h11.EndOfMessage()) or b"")

    def feed(self, data: bytes) -> bool:
        """Take bytes (empty: the peer closed); True when the proof is right; raise `ProofFailed` if not."""
        try:
            self._connection.receive_data(data)
            return self._advance()
        except h11.RemoteProtocolError:
            raise ProofFailed("it does not speak HTTP") from None

    def _advance(self) -> bool:
        while True:
            match self._connection.next_event():
                case h11.NEED_DATA:
                    return False
                case h11.Response(status_code=status) if status != 200:
                    raise ProofFailed(f"it answered with status {status}")
                case h11.Data(data=data):
                    self._body += data
                    if len(self._body) > _ANSWER_MAX_BYTES:
                        raise ProofFailed("its answer is too long")
                case h11.EndOfMessage():
                    self._check()
                    return True
                case h11.ConnectionClosed() | h11.PAUSED:
                    raise ProofFailed("it closed the connection")

    def _check(self) -> None:
        if not hmac.compare_digest(self._claimed(), agent_proof(self._file.token, self._nonce).encode()):
            raise ProofFailed("its proof is wrong")
        if self._connection.their_state is not h11.DONE or self._connection.trailing_data[0]:
            raise ProofFailed("it does not keep the connection open")

    def _claimed(self) -> bytes:
        try:
            proof = json.loads(self._body)["proof"]
            return proof.encode() if isinstance(proof, str) else b""
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ProofFailed("its answer is no proof") from None
