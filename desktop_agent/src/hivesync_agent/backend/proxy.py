"""The HTTP proxy between this machine and the backend, if environment or system name one.

Refuses to be used for loopback, and to hand the proxy anything but the backend's name: the session travels
inside the TLS connection that CONNECT opens (RFC 9110 §9.3.6).
"""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from typing import cast
from urllib.parse import unquote, urlsplit

import httptools
from hivesync.settings import is_loopback

from hivesync_agent.backend.failures import ProxyRefused, UpstreamUnreachable
from hivesync_agent.wire.messages import HEAD_BYTES, RawHeader, head_bytes


@dataclass(frozen=True, slots=True)
class Proxy:
    """The HTTP proxy towards the backend, if there is one. The URL may hold a password."""

    url: str | None

    @property
    def address(self) -> tuple[str, int, bool]:
        """Give host, port and whether the proxy itself is spoken to by TLS."""
        parts = urlsplit(self.url or "")
        secure = parts.scheme == "https"
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ProxyRefused("The proxy in HTTPS_PROXY must be an http:// or https:// address.")
        return parts.hostname, parts.port or (443 if secure else 8080), secure

    def credentials(self) -> list[RawHeader]:
        """Give the header that names the user, if the URL does (RFC 7617)."""
        parts = urlsplit(self.url or "")
        if parts.username is None:
            return []
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        return [(b"Proxy-Authorization", b"Basic " + base64.b64encode(pair))]


def system_proxy(origin: str) -> Proxy:
    """Ask environment and system once which proxy leads to `origin`. Loopback never goes through one."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(origin)
    host = parts.hostname or ""
    if is_loopback(host) or proxy_bypass(host):
        return Proxy(None)
    proxies = getproxies()
    return Proxy(proxies.get(parts.scheme) or proxies.get("all"))


class ProxyConversation(asyncio.Protocol):
    """Asks a proxy to connect us; `granted` is done when what follows goes to the backend."""

    def __init__(self) -> None:
        self.granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._parser = httptools.HttpResponseParser(self)
        self._received = 0

    def ask(self, transport: asyncio.WriteTransport, authority: str, credentials: list[RawHeader]) -> None:
        """Send CONNECT for `host:port`."""
        name = authority.encode("idna" if not authority.isascii() else "ascii")
        transport.write(head_bytes(b"CONNECT %b HTTP/1.1" % name, [(b"Host", name), *credentials]))

    def data_received(self, data: bytes) -> None:
        """Read the proxy's answer; it has none of the backend's bytes behind it, as TLS begins with ours."""
        self._received += len(data)
        try:
            self._parser.feed_data(data)
            if self._received > HEAD_BYTES:
                raise httptools.HttpParserError
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._end(UpstreamUnreachable("The proxy's answer could not be understood."))

    def on_headers_complete(self) -> None:
        """Judge by the status; the rest of a refusal is a page for browsers."""
        status = self._parser.get_status_code()
        if status >= 300:
            self._end(_refusal(status))
        elif status >= 200:
            self._end(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail if the proxy left without an answer."""
        self._end(UpstreamUnreachable("The proxy closed the connection."))

    def _end(self, error: UpstreamUnreachable | None) -> None:
        if self.granted.done():
            return
        if error is None:
            self.granted.set_result(None)
        else:
            self.granted.set_exception(error)


def _refusal(status: int) -> ProxyRefused:
    if status == 407:
        return ProxyRefused(
            "The proxy asks for a user name and password; set them in HTTPS_PROXY (http://user:password@host:port)."
        )
    return ProxyRefused(f"The proxy refused to connect to the HiveSync server (status {status}).")


async def connect_through(
    proxy: Proxy, transport: asyncio.BaseTransport, conversation: ProxyConversation, authority: str
) -> None:
    """Have the proxy connect us to `host:port`, or raise `UpstreamUnreachable`."""
    conversation.ask(cast("asyncio.WriteTransport", transport), authority, proxy.credentials())
    await conversation.granted
