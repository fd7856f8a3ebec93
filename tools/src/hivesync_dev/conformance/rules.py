"""What every request to an agent must keep, in all scenarios. Names the rule that a request breaks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from hivesync_contract import PROTOCOL_MAX, headers
from hivesync_contract.discovery import API_PREFIX

from hivesync_dev.servers.scripted import Recorded

_CLIENT = re.compile(r"[A-Za-z0-9._-]+/[0-9]+\.[0-9]+[A-Za-z0-9.+-]*")
_NONCE = re.compile(r"nonce=[0-9A-Fa-f]{32,128}")
_KEY_LENGTH_MIN = 16
_BROWSER = ("origin", "referer", "cookie")
_CHANGES = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(slots=True)
class Rules:
    """Follows the requests to one agent. `broken` holds each rule that was broken, with the request."""

    broken: list[str] = field(default_factory=list)
    _proven: set[int] = field(default_factory=set)
    _nonces: set[str] = field(default_factory=set)

    def look(self, target: str, request: Recorded, port: int, tokens: Collection[str]) -> None:
        """Examine a request to the agent on `port` that has had these tokens."""
        held = {name.lower(): value for name, value in request.headers.items()}
        found = [*_of_every(target, held, port, tokens)]
        if request.path == "/":
            found += self._of_proof(request, held)
        else:
            found += self._of_call(request, held, tokens)
        self.broken += [f"{request.method} {request.path}: {rule}" for rule in found]

    def _of_proof(self, request: Recorded, held: dict[str, str]) -> Iterator[str]:
        if not _NONCE.fullmatch(request.query):
            yield f"the nonce is 32 to 128 hex digits, not {request.query!r}"
        if request.query in self._nonces:
            yield "a nonce is used once"
        if "authorization" in held:
            yield "the token is not sent before the proof"
        self._nonces.add(request.query)
        self._proven.add(request.connection)

    def _of_call(self, request: Recorded, held: dict[str, str], tokens: Collection[str]) -> Iterator[str]:
        if request.connection not in self._proven:
            yield "a new connection is asked for its proof before the token is sent on it"
        if held.get("authorization") not in [f"Bearer {token}" for token in tokens]:
            yield "Authorization is `Bearer <token of the discovery file>`"
        if held.get(headers.PROTOCOL.lower()) != str(PROTOCOL_MAX):
            yield f"{headers.PROTOCOL} is {PROTOCOL_MAX}"
        if request.method in _CHANGES and len(held.get("idempotency-key", "")) < _KEY_LENGTH_MIN:
            yield "what changes something carries an Idempotency-Key of its own"


def _of_every(target: str, held: dict[str, str], port: int, tokens: Collection[str]) -> Iterator[str]:
    if not target.startswith(f"{API_PREFIX}/"):
        yield f"paths begin with {API_PREFIX}, not {target!r}"
    if held.get("host") != f"127.0.0.1:{port}":
        yield f"Host is 127.0.0.1:{port}, not {held.get('host')!r}"
    if not _CLIENT.fullmatch(held.get(headers.CLIENT.lower(), "")):
        yield f"{headers.CLIENT} is <name>/<version>, not {held.get(headers.CLIENT.lower())!r}"
    if any(token in target for token in tokens):
        yield "a token is never in a URL"
    for name in held:
        if name in _BROWSER or name.startswith("sec-fetch-"):
            yield f"{name} is never sent: only browsers do"
