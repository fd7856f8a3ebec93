"""Connections that have proven to end at our agent. Nothing else is ever written to the others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpcore
import httpx
from hivesync_contract.discovery import DiscoveryFile

from hivesync._proof import ProofExchange, ProofFailed
from hivesync._trust import no_trust

_DEADLINE_SECONDS = 2.0
_CONNECTIONS_MAX = 20


class Unproven(httpcore.ConnectError):
    """Something listens there, but it is not our agent."""


class ProvenBackend(httpcore.AsyncNetworkBackend):
    """Opens connections, each of which has just answered a nonce of its own."""

    def __init__(self, file: DiscoveryFile) -> None:
        self._file = file
        self._sockets = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the agent's port and prove it; raise `httpcore.ConnectError` otherwise."""
        stream = await self._sockets.connect_tcp(host, port, _DEADLINE_SECONDS, local_address, socket_options)
        try:
            await self._prove(stream)
        except BaseException:
            await stream.aclose()
            raise
        return stream

    async def _prove(self, stream: httpcore.AsyncNetworkStream) -> None:
        exchange = ProofExchange(self._file)
        try:
            await stream.write(exchange.request, _DEADLINE_SECONDS)
            while not exchange.feed(await stream.read(4096, _DEADLINE_SECONDS)):
                pass
        except ProofFailed as exc:
            raise Unproven(f"what listens on the agent's port is not the agent: {exc}") from exc
        except (httpcore.TimeoutException, httpcore.NetworkError) as exc:
            raise Unproven("what listens on the agent's port gave no proof in time") from exc


class ProvenTransport(httpx.AsyncHTTPTransport):
    """httpx over proven connections."""

    def __init__(self, file: DiscoveryFile) -> None:
        super().__init__(verify=no_trust(), trust_env=False)
        # httpx offers no parameter for the network backend; its version is pinned for this line.
        self._pool = httpcore.AsyncConnectionPool(
            network_backend=ProvenBackend(file),
            max_connections=_CONNECTIONS_MAX,
            keepalive_expiry=30.0,
        )
