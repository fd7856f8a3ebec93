"""The way to an origin, step by step, so that the step that fails can be named. Carries no credential but the
proxy's own, follows no redirect, and reads no more than a little of an answer.
"""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpcore
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_agent.backend.proxy import Proxy, system_proxy

if TYPE_CHECKING:
    from collections.abc import Callable

STEP_SECONDS = 5.0
_ANSWER_BYTES = 64 * 1024


class ProxyUnusable(HiveSyncError):
    """The proxy does not let us through. `status`: its answer, 0 where there was none."""

    code = ErrorCode.UPSTREAM_UNREACHABLE

    def __init__(self, detail: str, answered: int = 0) -> None:
        super().__init__(detail)
        self.answered = answered


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. `headers` by lower-case names; `sent_at`: when the question left, in seconds since 1970."""

    status: int
    headers: dict[str, str]
    body: bytes
    latency_ms: float
    sent_at: float


class Way:
    """Knows how to get to one origin."""

    def __init__(self, origin: str) -> None:
        parts = urlsplit(origin)
        self.host = parts.hostname or ""
        self.is_secure = parts.scheme == "https"
        self.port = parts.port or (443 if self.is_secure else 80)
        self.proxy: Proxy = system_proxy(origin)
        self._sockets = httpcore.SyncBackend()

    def connect(self) -> httpcore.NetworkStream:
        """Give a connection, through the proxy if there is one.

        Raises `ProxyUnusable` or `httpcore.NetworkError`/`TimeoutException`.
        """
        if self.proxy.url is None:
            return self._sockets.connect_tcp(self.host, self.port, STEP_SECONDS)
        host, port, is_secure = self.proxy.address
        try:
            stream = self._sockets.connect_tcp(host, port, STEP_SECONDS)
            if is_secure:
                stream = stream.start_tls(trust(), host, STEP_SECONDS)
            status = self._ask_for_a_tunnel(stream)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as exc:
            raise ProxyUnusable(reason(exc)) from exc
        if status >= 300:
            stream.close()
            raise ProxyUnusable(f"status {status}", status)
        return stream

    def secure(self, context: ssl.SSLContext) -> httpcore.NetworkStream:
        """Give a connection with TLS; raise as `connect`, and `httpcore.ConnectError` for a certificate."""
        stream = self.connect()
        try:
            return stream.start_tls(context, self.host, STEP_SECONDS)
        except BaseException:
            stream.close()
            raise

    def get(self, path: str) -> Answer:
        """Ask for a path; raise as `secure` does."""
        begin, sent_at = time.monotonic(), time.time()
        stream = self.secure(trust()) if self.is_secure else self.connect()
        scheme, authority = ("https" if self.is_secure else "http"), _authority(self.host, self.port)
        url = httpcore.URL(scheme=scheme.encode(), host=self.host, port=self.port, target=path.encode())
        origin = httpcore.Origin(scheme.encode(), self.host.encode(), self.port)
        with httpcore.HTTP11Connection(origin, stream) as connection:
            headers = [("Host", authority), ("User-Agent", "hivesync-doctor"), ("Accept", "application/json")]
            timeout = {"read": STEP_SECONDS, "write": STEP_SECONDS}
            request = httpcore.Request("GET", url, headers=headers, extensions={"timeout": timeout})
            response = connection.handle_request(request)
            body = b""
            for part in response.iter_stream():
                body += part
                if len(body) > _ANSWER_BYTES:
                    break
        told = {name.decode().lower(): value.decode("latin-1") for name, value in response.headers}
        return Answer(response.status, told, body, (time.monotonic() - begin) * 1000, sent_at)

    def _ask_for_a_tunnel(self, stream: httpcore.NetworkStream) -> int:
        authority = f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
        lines = [f"CONNECT {authority} HTTP/1.1".encode(), b"Host: " + authority.encode()]
        lines += [name + b": " + value for name, value in self.proxy.credentials()]
        stream.write(b"\r\n".join([*lines, b"", b""]), STEP_SECONDS)
        head = b""
        while b"\r\n\r\n" not in head:
            part = stream.read(4096, STEP_SECONDS)
            head += part
            if not part or len(head) > _ANSWER_BYTES:
                raise httpcore.RemoteProtocolError("it closed the connection without an answer")
        status = head.split(b" ", 2)[1:2]
        if not head.startswith(b"HTTP/") or not status or not status[0][:3].isdigit():
            raise httpcore.RemoteProtocolError("its answer is not HTTP")
        return int(status[0][:3])


def trust() -> ssl.SSLContext:
    """Give the trust that the agent has; raise `OSError` for an SSL_CERT_FILE that can't be used."""
    import os

    from hivesync_agent.tls import client_context

    return client_context(os.environ.get("SSL_CERT_FILE") or None)


def reason(error: BaseException) -> str:
    """Give the innermost cause in its own words: httpcore wraps what the system said."""
    while (inner := error.__cause__) is not None:
        error = inner
    if isinstance(error, TimeoutError):
        return f"no answer within {STEP_SECONDS:g} s"
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__


def find(error: BaseException, wanted: Callable[[BaseException], bool]) -> BaseException | None:
    """Give the first of an error and its causes that is wanted."""
    current: BaseException | None = error
    while current is not None and not wanted(current):
        current = current.__cause__
    return current


def _authority(host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port in (80, 443) else f"{name}:{port}"
