"""Which headers cross the agent, in both directions.

Requests pass by an allow-list, since a header we don't know could change what the backend does for this
user. Answers pass by a deny-list, since the backend is ours and clients need what it adds later.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from hivesync_contract import headers as names

from hivesync_agent.wire.messages import RawHeader, options_of

FORWARDED = frozenset(
    name.lower().encode()
    for name in (
        "Accept",
        "Accept-Encoding",
        "Accept-Language",
        "Cache-Control",
        "Content-Encoding",
        "Content-Language",
        "Content-Type",
        names.IDEMPOTENCY_KEY,
        "If-Match",
        "If-Modified-Since",
        "If-None-Match",
        "If-Range",
        "If-Unmodified-Since",
        "Last-Event-ID",
        "Prefer",
        "Range",
        "User-Agent",
        names.CLIENT,
    )
)
"""Everything else stays here. What must never pass, and why:
- `Authorization`: it is the local token, which is worth this machine; the session's is put in its place;
- `Cookie`, `Proxy-Authorization`: credentials for somebody else;
- `Forwarded`, `X-Forwarded-*`, `X-Real-IP`: the backend would believe a forged address if it trusted us;
- `X-HTTP-Method-Override` and its like: would turn an allowed GET into a refused write;
- `Host`, `Connection`, `Upgrade`, `TE`, `Trailer`, `Transfer-Encoding`: belong to one hop (RFC 9110 §7.6.1);
- `Content-Length`: says how this hop is framed, and is written anew.
"""

_KEY = names.IDEMPOTENCY_KEY.lower().encode()
_HANDSHAKE = frozenset(
    {
        b"sec-websocket-extensions",
        b"sec-websocket-key",
        b"sec-websocket-protocol",
        b"sec-websocket-version",
    }
)
"""Passed on in a WebSocket's handshake only. `Origin` is not among them: nothing with one gets this far."""

VIA = (b"Via", b"1.1 hivesync-agent")
"""RFC 9110 §7.6.3 asks a gateway for it."""

_WITHHELD = frozenset(
    {
        # One hop only (RFC 9110 §7.6.1); our own hop is framed anew.
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        # A client's HTTP library would answer a challenge by itself: with the operating system's
        # Negotiate/NTLM credentials, or with a password prompt.
        b"www-authenticate",
        b"proxy-authenticate",
        b"proxy-authentication-info",
        # Cookies for 127.0.0.1 go to every port of this machine.
        b"set-cookie",
        b"set-cookie2",
        # Would tell the client, for the whole host 127.0.0.1, to use https or another service.
        b"strict-transport-security",
        b"alt-svc",
        # Must say the truth about who answered.
        names.AGENT.lower().encode(),
    }
)
_WITHHELD_PREFIX = b"access-control-"
"""No web page is ever allowed in, whatever the backend allows for itself."""


def request_headers(
    raw: Iterable[RawHeader], token: str | None, request_id: str | None, *, websocket: bool = False
) -> list[RawHeader]:
    """Give the end-to-end headers of the upstream request, and with it the session's token and an id."""
    hop: set[bytes] = set()
    kept = []
    for header in raw:
        key = header[0].lower()
        if key in FORWARDED or (websocket and key in _HANDSHAKE):
            kept.append(header)
        elif key == b"connection":
            hop |= options_of(header[1])
    hop.discard(_KEY)  # it makes a repetition harmless, so it goes along whatever Connection says of it
    if hop:
        kept = [header for header in kept if header[0].lower() not in hop]
    if websocket:
        kept += [(b"Connection", b"Upgrade"), (b"Upgrade", b"websocket")]
    if request_id is not None:
        kept.append((b"X-Request-ID", request_id.encode()))
    if token is not None:
        kept.append((b"Authorization", b"Bearer " + token.encode()))
    return kept


def answer_headers(raw: Iterable[RawHeader]) -> list[RawHeader]:
    """Give the headers of the answer to the client, without those that are about the hop or harmful."""
    hop: set[bytes] = set()
    kept = []
    for header in raw:
        if _passes(header[0]):
            kept.append(header)
        elif header[0].lower() == b"connection":
            hop |= options_of(header[1])
    hop.discard(b"content-length")  # it frames the body, whatever Connection says of it
    return [header for header in kept if header[0].lower() not in hop] if hop - _PLAIN_OPTIONS else kept


@lru_cache(256)
def _passes(name: bytes) -> bool:
    key = name.lower()
    return key not in _WITHHELD and not key.startswith(_WITHHELD_PREFIX)


_PLAIN_OPTIONS = frozenset({b"close", b"keep-alive", b"upgrade"})
