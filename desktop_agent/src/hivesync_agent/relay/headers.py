"""Which headers cross the agent, in both directions.

Requests pass by an allow-list, since a header we don't know could change what the backend does for this
user. Answers pass by a deny-list, since the backend is ours and clients need what it adds later.
"""

from __future__ import annotations

from collections.abc import Iterable

from hivesync_contract import headers as names
from multidict import CIMultiDict

RawHeaders = Iterable[tuple[bytes, bytes]]

FORWARDED = {
    name.lower().encode(): name
    for name in (
        "Accept",
        "Accept-Encoding",
        "Accept-Language",
        "Cache-Control",
        "Content-Encoding",
        "Content-Language",
        "Content-Length",
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
}
"""Everything else stays here. What must never pass, and why:
- `Authorization`: it is the local token, which is worth this machine; the session's is put in its place;
- `Cookie`, `Proxy-Authorization`: credentials for somebody else;
- `Forwarded`, `X-Forwarded-*`, `X-Real-IP`: the backend would believe a forged address if it trusted us;
- `X-HTTP-Method-Override` and its like: would turn an allowed GET into a refused write;
- `Host`, `Connection`, `Upgrade`, `TE`, `Trailer`, `Transfer-Encoding`: belong to one hop (RFC 9110 §7.6.1).
"""

_WITHHELD = frozenset(
    {
        # One hop only (RFC 9110 §7.6.1); aiohttp frames our own hop.
        "connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        # A client's HTTP library would answer a challenge by itself: with the operating system's
        # Negotiate/NTLM credentials, or with a password prompt.
        "www-authenticate",
        "proxy-authenticate",
        "proxy-authentication-info",
        # Cookies for 127.0.0.1 go to every port of this machine.
        "set-cookie",
        "set-cookie2",
        # Would tell the client, for the whole host 127.0.0.1, to use https or another service.
        "strict-transport-security",
        "alt-svc",
        # Must say the truth about who answered.
        names.AGENT.lower(),
    }
)
_WITHHELD_PREFIX = "access-control-"
"""No web page is ever allowed in, whatever the backend allows for itself."""


def request_headers(raw: RawHeaders, token: str | None, request_id: str) -> CIMultiDict[str]:
    """Give the headers of the upstream request: the allowed ones, the session token and a request id."""
    named_hop_by_hop: set[bytes] = set()
    kept: CIMultiDict[str] = CIMultiDict()
    for raw_name, value in raw:
        key = raw_name.lower()
        if key == b"connection":
            named_hop_by_hop.update(part.strip() for part in value.lower().split(b","))
        name = FORWARDED.get(key)
        if name is not None:
            kept.add(name, value.decode("utf-8", "surrogateescape"))
    for key in named_hop_by_hop & FORWARDED.keys():
        # Content-Length frames the body and can't be taken away by the client's Connection header.
        if key != b"content-length":
            kept.popall(FORWARDED[key], None)
    kept[names.REQUEST_ID] = request_id
    if token is not None:
        kept["Authorization"] = f"Bearer {token}"
    return kept


def answer_headers(raw: RawHeaders) -> CIMultiDict[str]:
    """Give the headers of the answer to the client, without those that are about the hop or harmful."""
    withheld = _WITHHELD
    kept: CIMultiDict[str] = CIMultiDict()
    for raw_name, raw_value in raw:
        name = raw_name.decode("ascii", "replace")
        value = raw_value.decode("utf-8", "surrogateescape")
        key = name.lower()
        if key == "connection":
            withheld = withheld.union(part.strip() for part in value.lower().split(","))
        if key not in withheld and not key.startswith(_WITHHELD_PREFIX):
            kept.add(name, value)
    if withheld is not _WITHHELD:
        for key in withheld - {"content-length"}:
            kept.popall(key, None)
    return kept
