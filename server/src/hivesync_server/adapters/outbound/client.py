"""Posts to a checked target: within a time limit, following no redirect, by no proxy, reading little."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import httpcore
from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.webhooks import DeliveryFailure

from hivesync_server.adapters.outbound.dialler import (
    AddressRefused,
    CheckedNetwork,
    NameUnknown,
    Resolver,
    SystemResolver,
)
from hivesync_server.adapters.outbound.targets import Target, read_target
from hivesync_server.adapters.tls import trusted
from hivesync_server.adapters.tracing import NoTracing, Tracing

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
ANSWER_BYTES = 64 * 1024
"""Of an answer's body no more is read, and none of it is kept."""


class OutboundFailed(HiveSyncError):
    """There was no answer."""

    code = ErrorCode.UPSTREAM_UNREACHABLE
    retryable = True

    def __init__(self, failure: DeliveryFailure) -> None:
        super().__init__(f"The other server could not be reached: {failure.value}.")
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Answer:
    """What another server answered, as far as we care. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


@dataclass(slots=True)
class Outbound:
    """One per process. `total_seconds` covers everything from the name to the end of the answer."""

    loopback_allowed: bool
    resolver: Resolver = field(default_factory=SystemResolver)
    ssl_context: ssl.SSLContext = field(default_factory=trusted)
    total_seconds: float = TOTAL_SECONDS
    connect_seconds: float = CONNECT_SECONDS
    tracing: Tracing = field(default_factory=NoTracing)

    def target(self, url: str) -> Target:
        """Read a URL, or raise `TargetRefused`."""
        return read_target(url, loopback_allowed=self.loopback_allowed)

    async def post(self, target: Target, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send one request, or raise `OutboundFailed`. Redirects are answers like any other."""
        try:
            # Whose server that is, is the user's affair: the trace does not name it.
            with self.tracing.call("POST", "outbound") as span:
                async with asyncio.timeout(self.total_seconds):
                    answer = await self._post(target, headers, body)
                span.note(http__response__status_code=answer.status)
                return answer
        except (OSError, httpcore.ConnectError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise OutboundFailed(_failure(error)) from error
        except httpcore.NetworkError as error:
            raise OutboundFailed(DeliveryFailure.CONNECTION_FAILED) from error

    async def _post(self, target: Target, headers: Mapping[str, str], body: bytes) -> Answer:
        fixed = {"Host": target.url.netloc.decode("ascii"), "Content-Length": str(len(body))}
        request = httpcore.Request(
            "POST",
            httpcore.URL(
                scheme=target.url.raw_scheme,
                host=target.url.raw_host,
                port=target.url.port,
                target=target.url.raw_path,
            ),
            headers=[*fixed.items(), *headers.items()],
            content=body,
            extensions={"timeout": {"connect": self.connect_seconds}},
        )
        async with AsyncExitStack() as stack:
            # A connection for each request: what was checked a minute ago may have moved since.
            network = CheckedNetwork(self.resolver, loopback_allowed=self.loopback_allowed)
            pool = await stack.enter_async_context(
                httpcore.AsyncConnectionPool(
                    self.ssl_context, max_keepalive_connections=0, network_backend=network
                )
            )
            answer = await pool.handle_async_request(request)
            stack.push_async_callback(answer.aclose)
            await _drain(answer)
            named = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers
            }
            return Answer(answer.status, named)

    def close(self) -> None:
        """Let go of what the resolver holds."""
        if isinstance(self.resolver, SystemResolver):
            self.resolver.close()


async def _drain(answer: httpcore.Response) -> None:
    """Read a short body to its end, so that the other side sees its answer arrive."""
    read = 0
    async for chunk in answer.aiter_stream():
        read += len(chunk)
        if read > ANSWER_BYTES:
            return


def _failure(error: Exception) -> DeliveryFailure:
    match error:
        case AddressRefused():
            return DeliveryFailure.ADDRESS_REFUSED
        case NameUnknown():
            return DeliveryFailure.NAME_UNKNOWN
        case TimeoutError() | httpcore.TimeoutException():
            return DeliveryFailure.TIMEOUT
        case httpcore.ProtocolError():
            return DeliveryFailure.PROTOCOL_ERROR
    # httpcore says "not connected" of a failed handshake, too, and gives its reason as the argument.
    if any(isinstance(reason, ssl.SSLError) for reason in error.args):
        return DeliveryFailure.CERTIFICATE_INVALID
    return DeliveryFailure.CONNECTION_FAILED
