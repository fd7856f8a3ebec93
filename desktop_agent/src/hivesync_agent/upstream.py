"""The one backend, for the agent's own calls. Refuses every other address.

Redirects are never followed, cookies never kept, and neither proxy nor `~/.netrc` can add credentials
(Ollama CVE-2025-51471: a token sent to where an answer pointed). The relay uses the same connections.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec
from hivesync_contract import headers as names
from hivesync_contract.errors import ErrorCode, HiveSyncError, Problem

from hivesync_agent import VERSION
from hivesync_agent.backend.answer import Answer
from hivesync_agent.backend.breaker import Breaker
from hivesync_agent.backend.dialling import Dialler
from hivesync_agent.backend.failures import AnswerLost, UpstreamUnreachable
from hivesync_agent.backend.pool import Pool
from hivesync_agent.wire.messages import RawHeader, head_bytes

__all__ = [
    "API",
    "OtherAccount",
    "Upstream",
    "UpstreamProblem",
    "UpstreamUnreachable",
    "decode_answer",
    "read_problem",
]

T = TypeVar("T")
API = "/api/v1"
USER_AGENT = f"hivesync-agent/{VERSION}"
ANSWER_BYTES = 16 * 1024 * 1024
"""Most that an answer to the agent's own calls may hold; the relay has no such limit."""

_PACKED_FROM_BYTES = 512 * 1024
"""Longer bodies are sent as gzip: nginx takes 1 MB unless it is told more, and a manifest can have more."""

IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
"""RFC 9110 §9.2.2: asking twice has the effect of asking once."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""RFC 9110 §9.2.1: asking changes nothing."""


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


class OtherAccount(HiveSyncError):
    """What was asked in one user's name would go out in another's, who is signed in now."""

    code = ErrorCode.FORBIDDEN


class Credentials(Protocol):
    """Where calls get the session token from."""

    async def access_token(self) -> str:
        """Give a usable token, or raise `SignedOut` or `UpstreamUnreachable`."""

    async def replace_token(self, refused: str) -> str:
        """Give a token other than the one that was refused, or raise likewise."""


class Owned(Protocol):
    """A token, and the user whom the backend names for it."""

    @property
    def token(self) -> str: ...

    @property
    def user_id(self) -> str: ...


class Owners(Protocol):
    """Where calls that only one user may make get the session token from."""

    async def verify(self) -> Owned:
        """Give a usable token and its user, or raise what `call` does."""


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
        self.host = urlsplit(origin).netloc.encode()
        self.breaker = Breaker()
        dialler = Dialler(origin, connect_seconds=connect_seconds, ca_file=ca_file)
        self.pool = Pool(dialler, self.breaker, answer_seconds=idle_seconds)
        self._credentials: Credentials | None = None
        self._owners: Owners | None = None
        self._on_change: Callable[[], None] | None = None

    def tell_of_changes(self, listener: Callable[[], None]) -> None:
        """Name who hears that something at the backend has changed, by us or by an event's word."""
        self._on_change = listener

    def changed(self) -> None:
        """Tell that an answer to an earlier question may be outdated."""
        if self._on_change is not None:
            self._on_change()

    def sign_with(self, credentials: Credentials) -> None:
        """Name who gives the tokens. Set once, after construction: the session itself calls the backend."""
        self._credentials = credentials

    def own_by(self, owners: Owners) -> None:
        """Name who tells whose a token is. Set once, likewise."""
        self._owners = owners

    async def send(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        probe: bool = False,
    ) -> Answer:
        """Send one request as it is and give the answer with its body unread.

        `target` is path and query. It begins with `/`, so behind the origin it can't name another host.
        `probe`: somebody wants to know whether the backend is there, so it is asked even if it was away a
        moment ago. Raises `UpstreamUnreachable`.
        """
        raw = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
        if body is not None or method not in IDEMPOTENT:
            raw.append((b"Content-Length", b"%d" % len(body or b"")))
        request = self.request_bytes(method, target, raw) + (body or b"")
        harmless = method in IDEMPOTENT or names.IDEMPOTENCY_KEY in headers
        while True:
            connection = self.pool.take() or await self.pool.dial(probe=probe)
            answer = Answer(connection)
            connection.ask(request, answer, head_only=method == "HEAD")
            try:
                await answer.begun()
            except AnswerLost as lost:
                if not self.pool.may_repeat(connection, lost, harmless=harmless):
                    raise lost.as_error() from lost
            except BaseException:
                answer.close()
                raise
            else:
                self.pool.answered()
                if method not in SAFE:
                    self.changed()
                return answer

    def request_bytes(self, method: str, target: str, headers: list[RawHeader]) -> bytes:
        """Give the head of a request to the backend."""
        line = f"{method} {target} HTTP/1.1".encode("ascii")
        return head_bytes(line, [(b"Host", self.host), *headers])

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: object | None = None,
        decode: type[T],
        idempotency_key: str | None = None,
        user_id: str | None = None,
    ) -> T:
        """Make one call of the agent's own, signed in, and decode its answer.

        `path` is relative to `/api/v1`. `user_id`: only in this user's name, since work that takes a while
        may outlive its session. Raises `UpstreamProblem` with the backend's code, `UpstreamUnreachable`,
        `SignedOut`, or `OtherAccount`.
        """
        token = await self._token(user_id)
        content = None if body is None else msgspec.json.encode(body)
        status, answer = await self.exchange(method, path, content, token, idempotency_key=idempotency_key)
        if status == 401 and self._credentials is not None:
            await self._credentials.replace_token(token)
            token = await self._token(user_id)
            status, answer = await self.exchange(
                method, path, content, token, idempotency_key=idempotency_key
            )
        return decode_answer(status, answer, decode)

    async def _token(self, user_id: str | None) -> str:
        if self._credentials is None:
            raise RuntimeError("the upstream has no credentials yet")
        if user_id is None:
            return await self._credentials.access_token()
        if self._owners is None:
            raise RuntimeError("the upstream does not know whose its tokens are yet")
        owned = await self._owners.verify()
        if owned.user_id != user_id:
            raise OtherAccount("Another account is signed in now; start this again.")
        return owned.token

    async def exchange(
        self,
        method: str,
        path: str,
        content: bytes | None,
        token: str | None,
        *,
        content_type: str = "application/json",
        idempotency_key: str | None = None,
        probe: bool = False,
    ) -> tuple[int, bytes]:
        """Send a small body and read the whole answer; for calls whose errors the caller decodes."""
        headers = {"Accept": "application/json", "User-Agent": USER_AGENT}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if content is not None:
            headers["Content-Type"] = content_type
            if len(content) > _PACKED_FROM_BYTES:
                content = await asyncio.to_thread(gzip.compress, content, mtime=0)
                headers["Content-Encoding"] = "gzip"
        if idempotency_key is not None:
            headers[names.IDEMPOTENCY_KEY] = idempotency_key
        answer = await self.send(method, f"{API}{path}", headers, content, probe=probe)
        async with answer:
            return answer.status, await read_bounded(answer)

    async def close(self) -> None:
        """Close every connection."""
        self.pool.close()


async def read_bounded(answer: Answer) -> bytes:
    """Give the whole body; raise `UpstreamUnreachable` if it breaks off or is too large."""
    content = bytearray()
    async for part in answer.chunks():
        content += part
        if len(content) > ANSWER_BYTES:
            raise UpstreamUnreachable("The HiveSync server's answer is too large.")
    return bytes(content)


def decode_answer(status: int, answer: bytes, shape: type[T]) -> T:
    """Give the decoded body of a 2xx, or raise `UpstreamProblem`."""
    if status >= 300:
        raise UpstreamProblem(read_problem(status, answer))
    if shape is type(None):
        return None
    try:
        return msgspec.json.decode(answer, type=shape)
    except (msgspec.MsgspecError, RecursionError) as exc:
        raise UpstreamUnreachable("The HiveSync server's answer could not be understood.") from exc


def read_problem(status: int, answer: bytes) -> Problem:
    """Read problem+json; an answer that is none (a proxy's page) becomes a problem of its own."""
    try:
        return msgspec.json.decode(answer, type=Problem)
    except (msgspec.MsgspecError, RecursionError):  # the latter: nested without end
        return Problem(
            title="Error",
            status=status,
            code=ErrorCode.AUTH_REQUIRED if status == 401 else ErrorCode.UPSTREAM_UNREACHABLE,
            detail=f"The HiveSync server, or something before it, answered with status {status}.",
        )
