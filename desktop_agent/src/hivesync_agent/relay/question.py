"""What one call asks of the backend: head and body as they go out. Refuses to send a streamed body twice."""

from __future__ import annotations

import uuid

from hivesync_contract import headers as names

from hivesync_agent.gate.request import Request
from hivesync_agent.relay.headers import VIA, request_headers
from hivesync_agent.relay.journal import MUTATION_BYTES, Mutation
from hivesync_agent.upstream import IDEMPOTENT, Upstream
from hivesync_agent.wire.messages import RawHeader

REPLAYABLE_BYTES = MUTATION_BYTES
"""A body up to this size is read first, so that it can be sent again; a larger one streams."""

_KEY = names.IDEMPOTENCY_KEY.encode()
_ALWAYS_WITH_LENGTH = ("POST", "PUT", "PATCH")


class Question:
    """A client's request on its way to the backend."""

    __slots__ = ("_added_key", "_body", "request", "request_id", "target")

    def __init__(self, request: Request, target: str, request_id: str) -> None:
        self.request = request
        self.target = target
        self.request_id = request_id
        self._added_key: bytes | None = None
        self._body: bytes | None = None

    @property
    def streams(self) -> bool:
        """Tell whether the body passes as it comes."""
        return self._body is None and self.request.head.length != 0

    @property
    def harmless(self) -> bool:
        """Tell whether sending it twice does no more than sending it once."""
        return not self.streams and (self.request.method in IDEMPOTENT or self.key is not None)

    @property
    def key(self) -> bytes | None:
        """Give the idempotency key, the client's or ours."""
        return self._added_key or self.request.head.values.get(_KEY.lower())

    def ensure_key(self) -> None:
        """Add a key unless the client has sent one: an attempt that broke off may then be repeated."""
        if self.key is None:
            self._added_key = uuid.uuid4().hex.encode()

    async def collect_small_body(self) -> None:
        """Read a body whose length is known and small."""
        length = self.request.head.length
        if self._body is None and length is not None and 0 < length <= REPLAYABLE_BYTES:
            await self.collect_body()

    async def collect_body(self) -> None:
        """Read the whole body, or raise `TooLarge`."""
        self._body = await self.request.collect(REPLAYABLE_BYTES)

    def as_bytes(self, upstream: Upstream, token: str | None, validators: list[RawHeader]) -> bytes:
        """Give the head, with the body if it does not stream."""
        request = self.request
        headers = request_headers(
            request.head.raw, token, self.request_id, websocket=request.head.asks_for_websocket
        )
        if self._added_key is not None:
            headers.append((_KEY, self._added_key))
        headers += validators
        headers.append(VIA)
        headers += self._framing()
        head = upstream.request_bytes(request.method, self.target, headers)
        return head + self._body if self._body else head

    def as_mutation(self, client: str) -> Mutation:
        """Give what a journal keeps, of a question with a key and a collected body."""
        headers = request_headers(self.request.head.raw, None, None)
        if self._added_key is not None:
            headers.append((_KEY, self._added_key))
        kept = tuple((name.decode("ascii"), value.decode("latin-1")) for name, value in headers)
        key = (self.key or b"").decode("latin-1")
        return Mutation(self.request.method, self.target, kept, self._body or b"", key, client)

    def _framing(self) -> list[RawHeader]:
        length = self.request.head.length if self._body is None else len(self._body)
        if length is None:
            return [(b"Transfer-Encoding", b"chunked")]
        if length or self.request.method in _ALWAYS_WITH_LENGTH:
            return [(b"Content-Length", b"%d" % length)]  # RFC 9110 §8.6: also when there is none
        return []
