"""The checks on a request's head, in the contract's order. Pure: reads no body and keeps no state.

A website can make the user's browser send requests here. It can't leave out `Origin`, `Referer` or
`Sec-Fetch-*` on all of them, can't choose `Host` (DNS rebinding shows its own name there), and can't
know the token. Browsers differ in which of these they send, so one of them is enough to refuse
(Ollama CVE-2024-28224, Tailscale CVE-2022-41924, MCP Inspector CVE-2025-49596).
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

from hivesync_contract import PROTOCOL_MAX, PROTOCOL_MIN
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_agent.problems import BadRequest, Forbidden, TokenMissing, TooLarge
from hivesync_agent.wire.messages import HEAD_BYTES, RawHeader, options_of

_CLIENT = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,63}/[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}")
_PROTOCOL = re.compile(rb"[0-9]{1,9}")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_ONCE = frozenset(
    {
        b"host",
        b"authorization",
        b"content-length",
        b"expect",
        b"idempotency-key",
        b"transfer-encoding",
        b"upgrade",
        b"sec-websocket-key",
        b"x-hivesync-client",
        b"x-hivesync-protocol",
    }
)
"""Headers of which two would let two programs believe different ones."""

_FROM_BROWSER = frozenset({b"origin", b"referer"})


class ProtocolUnsupported(HiveSyncError):
    """The client speaks a version of the local protocol that this agent does not."""

    code = ErrorCode.PROTOCOL_UNSUPPORTED


@dataclass(frozen=True, slots=True)
class Head:
    """The headers of one request, after the first look at them."""

    raw: Sequence[RawHeader]
    values: dict[bytes, bytes]
    """By lower-case name; a repeated one as the list that it is (RFC 9110 §5.3)."""
    duplicate: bytes | None
    from_browser: bool
    malformed: bool
    size_bytes: int
    length: int | None
    """How long the body is: 0 without one, None if it is chunked (RFC 9112 §6.3)."""

    @property
    def asks_for_websocket(self) -> bool:
        """Tell whether this is a handshake of RFC 6455 §4.1, as far as headers go."""
        values = self.values
        return (
            values.get(b"upgrade", b"").lower() == b"websocket"
            and b"upgrade" in options_of(values.get(b"connection", b""))
            and values.get(b"sec-websocket-version") == b"13"
            and b"sec-websocket-key" in values
            and self.length == 0
        )


def read_head(raw_headers: Sequence[RawHeader]) -> Head:
    """Look at every header once; what it means is decided later, in the contract's order."""
    values: dict[bytes, bytes] = {}
    duplicate = None
    from_browser = malformed = False
    size_bytes = 0
    for raw_name, value in raw_headers:
        name = raw_name.lower()
        if name in values:
            if name in _ONCE:
                duplicate = name
            values[name] = b"%b, %b" % (values[name], value)
        else:
            values[name] = value
        if name in _FROM_BROWSER or name.startswith(b"sec-fetch-"):
            from_browser = True
        if _CONTROL.search(value):
            malformed = True
        size_bytes += len(name) + len(value)
    # Only digits: llhttp lets nothing else pass as a length.
    length = None if b"transfer-encoding" in values else int(values.get(b"content-length", 0))
    return Head(raw_headers, values, duplicate, from_browser, malformed, size_bytes, length)


class Rules:
    """What this agent asks of every caller."""

    def __init__(self, *, port: int, token: str) -> None:
        self._host = f"127.0.0.1:{port}".encode()
        self._token = token.encode()

    def check_origin(self, head: Head) -> None:
        """Refuse what a browser sent, whatever it carries (403), and ambiguous heads (400)."""
        if head.duplicate == b"host":
            raise BadRequest("The Host header was sent twice.")  # which no browser can
        if head.values.get(b"host") != self._host:
            raise Forbidden("The Host header must be the address in the discovery file.")
        if head.from_browser:
            raise Forbidden("Requests from web pages are refused.")
        if head.duplicate is not None:
            raise BadRequest(f"The header {head.duplicate.decode()!r} was sent twice.")
        if head.malformed:
            raise BadRequest("A header holds a control character.")
        if head.size_bytes > HEAD_BYTES:
            raise TooLarge("The head of the request is too large.", status=431)
        if head.values.get(b"transfer-encoding", b"chunked").lower() != b"chunked":
            # llhttp takes every list that ends with it, and would hand the inner codings on as the body.
            raise BadRequest("The only transfer coding is chunked.")
        if b"upgrade" in head.values and not head.asks_for_websocket:
            # h2c would carry requests past this gate.
            raise BadRequest("This connection can't be upgraded.")

    def check_client(self, head: Head) -> str:
        """Give `<name>/<version>` of the caller, who must speak our protocol (400 otherwise)."""
        client = head.values.get(b"x-hivesync-client")
        if client is None or not _CLIENT.fullmatch(client):
            raise BadRequest("The header X-HiveSync-Client must be <name>/<version>.")
        spoken = head.values.get(b"x-hivesync-protocol")
        if spoken is not None:
            _check_protocol(spoken)
        return client.decode()

    def check_token(self, head: Head) -> None:
        """Refuse a caller that has not read the discovery file (401). Takes the same time for any token."""
        scheme, _, offered = head.values.get(b"authorization", b"").partition(b" ")
        if scheme.lower() != b"bearer" or not hmac.compare_digest(offered, self._token):
            raise TokenMissing("The local token is missing or wrong; read the discovery file again.")

    def check_expectation(self, head: Head) -> None:
        """Refuse to be expected to do anything but to ask for the body (417, RFC 9110 §10.1.1)."""
        if head.values.get(b"expect", b"100-continue").lower() != b"100-continue":
            raise BadRequest("This expectation is not supported.", status=417)


def _check_protocol(spoken: bytes) -> None:
    if not _PROTOCOL.fullmatch(spoken):
        raise BadRequest("The header X-HiveSync-Protocol must be a whole number.")
    version = int(spoken)
    if version < PROTOCOL_MIN:
        raise ProtocolUnsupported(f"This agent speaks protocol {PROTOCOL_MIN} and up; update the client.")
    if version > PROTOCOL_MAX:
        raise ProtocolUnsupported(f"This agent speaks protocol {PROTOCOL_MAX} and below; update HiveSync.")
