"""Opens connections to the one origin: by name or through the proxy, with TLS that the system trusts."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from hivesync_agent.backend.connection import BackendConnection
from hivesync_agent.backend.failures import UpstreamUnreachable
from hivesync_agent.backend.proxy import Proxy, ProxyConversation, connect_through, system_proxy

NEXT_ADDRESS_SECONDS = 0.25
"""RFC 8305 §5: try the next address beside one that is silent, so that broken IPv6 costs a quarter second."""
KEEP_ALIVE_SECONDS = 20


class Dialler:
    """Knows how to reach one origin."""

    def __init__(self, origin: str, *, connect_seconds: float, ca_file: str | None) -> None:
        parts = urlsplit(origin)
        self._host = parts.hostname or ""
        self._secure = parts.scheme == "https"
        self._port = parts.port or (443 if self._secure else 80)
        self._origin = origin
        self._connect_seconds = connect_seconds
        self._ca_file = ca_file
        self._tls: ssl.SSLContext | None = None
        self._loading = asyncio.Lock()

    async def dial(self, factory: Callable[[], BackendConnection]) -> BackendConnection:
        """Give a new connection, or raise `UpstreamUnreachable`."""
        try:
            async with asyncio.timeout(self._connect_seconds):
                return await self._dial(factory, system_proxy(self._origin))
        except ssl.SSLCertVerificationError as exc:
            raise UpstreamUnreachable(
                "The HiveSync server's certificate is not trusted; for a company's own, set SSL_CERT_FILE."
            ) from exc
        except (TimeoutError, OSError) as exc:
            raise UpstreamUnreachable("The HiveSync server can't be reached; try again later.") from exc

    async def _dial(self, factory: Callable[[], BackendConnection], proxy: Proxy) -> BackendConnection:
        loop = asyncio.get_running_loop()
        tls = await self._context() if self._secure else None
        if proxy.url is not None:
            return await self._dial_through(proxy, factory, tls)
        opened = await _open_socket(self._host, self._port)
        with _closing_on_failure(opened):
            name = self._host if tls else None
            _, connection = await loop.create_connection(factory, sock=opened, ssl=tls, server_hostname=name)
        return connection

    async def _dial_through(
        self, proxy: Proxy, factory: Callable[[], BackendConnection], tls: ssl.SSLContext | None
    ) -> BackendConnection:
        """CONNECT, then TLS with the backend inside. The settings refuse plain http beyond loopback."""
        if tls is None:
            raise UpstreamUnreachable("A proxy is used for https addresses only.")
        loop = asyncio.get_running_loop()
        host, port, proxy_secure = proxy.address
        opened = await _open_socket(host, port)
        with _closing_on_failure(opened):
            transport, conversation = await loop.create_connection(
                ProxyConversation,
                sock=opened,
                ssl=tls if proxy_secure else None,
                server_hostname=host if proxy_secure else None,
            )
        try:
            authority = f"[{self._host}]" if ":" in self._host else self._host
            await connect_through(proxy, transport, conversation, f"{authority}:{self._port}")
            connection = factory()
            secured = await loop.start_tls(transport, connection, tls, server_hostname=self._host)
            if secured is None:
                raise ConnectionResetError
            connection.connection_made(secured)
        except BaseException:
            transport.abort()
            raise
        return connection

    async def _context(self) -> ssl.SSLContext:
        async with self._loading:
            if self._tls is None:
                # Imported here: a local backend does not need it. In a thread: it reads all certificates.
                from hivesync_agent.tls import client_context

                self._tls = await asyncio.to_thread(client_context, self._ca_file)
            return self._tls


async def _open_socket(host: str, port: int) -> socket.socket:
    from aiohappyeyeballs import start_connection

    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    opened = await start_connection(found, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS, loop=loop)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _notice_a_dead_network(opened)
    return opened


def _notice_a_dead_network(opened: socket.socket) -> None:
    """Let the kernel end a connection whose other end is gone without a word: after sleep, another network,
    a VPN. What was sent and never acknowledged fails after this many seconds, an idle one is probed.
    """
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name in ("TCP_KEEPIDLE", "TCP_KEEPALIVE", "TCP_KEEPINTVL"):
        option = getattr(socket, name, None)
        if option is not None:
            opened.setsockopt(socket.IPPROTO_TCP, option, KEEP_ALIVE_SECONDS)
    if sys.platform == "linux":
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, KEEP_ALIVE_SECONDS * 1000)


@contextlib.contextmanager
def _closing_on_failure(opened: socket.socket) -> Iterator[None]:
    try:
        yield
    except BaseException:
        opened.close()
        raise
