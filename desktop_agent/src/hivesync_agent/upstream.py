"""The one backend: a pooled connection to the configured origin. Refuses every other address.

Redirects are never followed, cookies never kept, and neither proxy nor `~/.netrc` can add credentials
(Ollama CVE-2025-51471: a token sent to where an answer pointed).
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import aiohttp
import msgspec
from hivesync.settings import is_loopback
from hivesync_contract import headers as names
from hivesync_contract.errors import ErrorCode, HiveSyncError, Problem
from multidict import CIMultiDict
from yarl import URL

from hivesync_agent import VERSION

T = TypeVar("T")
API = "/api/v1"
USER_AGENT = f"hivesync-agent/{VERSION}"
CONNECTIONS = 64
KEEP_ALIVE_SECONDS = 55.0
ANSWER_BYTES = 16 * 1024 * 1024
"""Most that an answer to the agent's own calls may hold; the relay has no such limit."""

_ABSENT = (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError, OSError)


class UpstreamUnreachable(HiveSyncError):
    """The backend did not answer, or not in time."""

    code = ErrorCode.UPSTREAM_UNREACHABLE
    retryable = True


class UpstreamProblem(HiveSyncError):
    """The backend answered with an error; everything it said about it is kept."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(
            problem.detail, status=problem.status, errors=problem.errors, diagnostic=problem.diagnostic
        )
        self.code = problem.code  # type: ignore[misc]  # the wire decides which code this one has
        self.upstream = problem

    def problem(self, request_id: str = "") -> Problem:
        """Pass the backend's own words on."""
        return self.upstream


class Credentials(Protocol):
    """Where calls get the session token from."""

    async def access_token(self) -> str:
        """Give a usable token, or raise `SignedOut` or `UpstreamUnreachable`."""

    async def replace_token(self, refused: str) -> str:
        """Give a token other than the one that was refused, or raise likewise."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """The HTTP proxy towards the backend, if there is one."""

    url: str | None


def system_proxy(origin: str) -> Proxy:
    """Ask environment and system once which proxy leads to `origin`. Loopback never goes through one."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(origin)
    host = parts.hostname or ""
    if is_loopback(host) or proxy_bypass(host):
        return Proxy(None)
    proxies = getproxies()
    return Proxy(proxies.get(parts.scheme) or proxies.get("all"))


class Upstream:
    """Sends requests to the backend, and nowhere else."""

    def __init__(
        self,
        origin: str,
        *,
        connect_seconds: float = 10.0,
        idle_seconds: float = 60.0,
        ca_file: str | None = None,
    ) -> None:
        self.origin = origin
        self._ca_file = ca_file
        self._base = URL(origin)
        self._timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=connect_seconds, sock_read=idle_seconds
        )
        self._session: aiohttp.ClientSession | None = None
        self._opening = asyncio.Lock()
        self._credentials: Credentials | None = None

    def sign_with(self, credentials: Credentials) -> None:
        """Name who gives the tokens. Set once, after construction: the session itself calls the backend."""
        self._credentials = credentials

    async def send(
        self, method: str, target: str, headers: CIMultiDict[str], body: Any = None
    ) -> aiohttp.ClientResponse:
        """Send one request as it is and give the answer with its body unread.

        `target` is path and query as the caller sent them. It begins with `/`, so behind the origin it
        can't name another host. Raises `UpstreamUnreachable`.
        """
        session = self._session or await self._open()
        url = URL(self.origin + target, encoded=True)
        try:
            return await session.request(
                method, url, headers=headers, data=body, allow_redirects=False, timeout=self._timeout
            )
        except (aiohttp.ClientError, *_ABSENT) as exc:
            raise _send_failure(exc) from exc

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: object | None = None,
        decode: type[T],
        idempotency_key: str | None = None,
    ) -> T:
        """Make one call of the agent's own, signed in, and decode its answer.

        `path` is relative to `/api/v1`. Raises `UpstreamProblem` with the backend's code,
        `UpstreamUnreachable`, or `SignedOut`.
        """
        if self._credentials is None:
            raise RuntimeError("the upstream has no credentials yet")
        token = await self._credentials.access_token()
        content = None if body is None else msgspec.json.encode(body)
        status, answer = await self.exchange(method, path, content, token, idempotency_key=idempotency_key)
        if status == 401:
            token = await self._credentials.replace_token(token)
            status, answer = await self.exchange(
                method, path, content, token, idempotency_key=idempotency_key
            )
        return decode_answer(status, answer, decode)

    async def exchange(
        self,
        method: str,
        path: str,
        content: bytes | None,
        token: str | None,
        *,
        content_type: str = "application/json",
        idempotency_key: str | None = None,
    ) -> tuple[int, bytes]:
        """Send a small body and read the whole answer; for calls whose errors the caller decodes."""
        headers: CIMultiDict[str] = CIMultiDict({"Accept": "application/json", "User-Agent": USER_AGENT})
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if content is not None:
            headers["Content-Type"] = content_type
        if idempotency_key is not None:
            headers[names.IDEMPOTENCY_KEY] = idempotency_key
        response = await self.send(method, f"{API}{path}", headers, content)
        async with response:
            return response.status, await _read_bounded(response)

    async def close(self) -> None:
        """Close the pooled connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _open(self) -> aiohttp.ClientSession:
        async with self._opening:
            if self._session is None:
                self._session = self._new_session(await self._tls())
            return self._session

    async def _tls(self) -> ssl.SSLContext | bool:
        if self._base.scheme != "https":
            return True
        # Imported here: a local backend does not need it. In a thread: it reads all certificates.
        from hivesync_agent.tls import client_context

        return await asyncio.to_thread(client_context, self._ca_file)

    def _new_session(self, tls: ssl.SSLContext | bool) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=0, limit_per_host=0, keepalive_timeout=KEEP_ALIVE_SECONDS, ssl=tls
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            proxy=system_proxy(self.origin).url,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )


def _send_failure(exc: Exception) -> HiveSyncError:
    if isinstance(exc.__cause__, HiveSyncError):
        return exc.__cause__  # the body's own source gave up, not the backend
    if isinstance(exc, _ABSENT):
        return UpstreamUnreachable("The HiveSync server can't be reached; try again later.")
    return UpstreamUnreachable("The HiveSync server's answer could not be understood.")


async def _read_bounded(response: aiohttp.ClientResponse) -> bytes:
    answer = bytearray()
    try:
        async for chunk in response.content.iter_any():
            answer += chunk
            if len(answer) > ANSWER_BYTES:
                raise UpstreamUnreachable("The HiveSync server's answer is too large.")
    except (aiohttp.ClientError, *_ABSENT) as exc:
        raise UpstreamUnreachable("The HiveSync server broke its answer off.") from exc
    return bytes(answer)


def decode_answer(status: int, answer: bytes, shape: type[T]) -> T:
    """Give the decoded body of a 2xx, or raise `UpstreamProblem`."""
    if status >= 300:
        raise UpstreamProblem(read_problem(status, answer))
    if shape is type(None):
        return None
    try:
        return msgspec.json.decode(answer, type=shape)
    except msgspec.MsgspecError as exc:
        raise UpstreamUnreachable("The HiveSync server's answer could not be understood.") from exc


def read_problem(status: int, answer: bytes) -> Problem:
    """Read problem+json; an answer that is none (a proxy's page) becomes a problem of its own."""
    try:
        return msgspec.json.decode(answer, type=Problem)
    except msgspec.MsgspecError:
        return Problem(
            title="Error",
            status=status,
            code=ErrorCode.AUTH_REQUIRED if status == 401 else ErrorCode.UPSTREAM_UNREACHABLE,
            detail=f"The HiveSync server, or something before it, answered with status {status}.",
        )
