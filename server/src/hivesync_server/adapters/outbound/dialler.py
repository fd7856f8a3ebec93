"""Connects to a name: resolves it once, checks every address, and dials one of those, never the name again.

So a name that changes its address between check and use (DNS rebinding) gains nothing, and TLS is still
verified for the name.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import httpcore

from hivesync_server.adapters.outbound.addresses import is_loopback_address, is_public

ADDRESSES_TRIED = 4
_RESOLVING_MAX = 16


class NameUnknown(OSError):
    """The name leads nowhere, or nobody answered the question."""


class AddressRefused(OSError):
    """The name leads to an address that is none of the public internet."""


class Resolver(Protocol):
    """Gives the addresses of a name."""

    async def resolve(self, host: str) -> Sequence[str]: ...


class SystemResolver:
    """The system's resolver, in threads of its own: names that hang must not hold up others' threads."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_RESOLVING_MAX, "resolver")

    async def resolve(self, host: str) -> Sequence[str]:
        """Give each address once, in the order in which the system would try them."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, _ask, host)
        except (OSError, UnicodeError) as error:
            raise NameUnknown(host) from error
        return list(dict.fromkeys(found))

    def close(self) -> None:
        """Let go of the threads, without waiting for those that hang."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _ask(host: str) -> list[str]:
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """See the module. With `loopback_allowed` this machine counts as public."""

    def __init__(self, resolver: Resolver, *, loopback_allowed: bool) -> None:
        self._resolver = resolver
        self._loopback_allowed = loopback_allowed
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect, or raise `NameUnknown`, `AddressRefused`, or httpcore's own errors."""
        async with asyncio.timeout(timeout):
            addresses = await self._checked(host)
            for address in addresses[:-1]:
                try:
                    return await self._inner.connect_tcp(
                        address, port, timeout, local_address, socket_options
                    )
                except httpcore.ConnectError:
                    continue
            return await self._inner.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def _checked(self, host: str) -> Sequence[str]:
        addresses = await self._resolver.resolve(host)
        if not addresses:
            raise NameUnknown(host)
        # One that is not public spoils the others: nobody who means well publishes both.
        if not all(self._is_allowed(address) for address in addresses):
            raise AddressRefused(host)
        return addresses[:ADDRESSES_TRIED]

    def _is_allowed(self, address: str) -> bool:
        return is_public(address) or (self._loopback_allowed and is_loopback_address(address))

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        """Refuse: no URL of a user names a socket."""
        raise AddressRefused("unix socket")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
