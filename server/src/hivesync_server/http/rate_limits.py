"""Requests per minute: of a user by tier, of one API key, and of an address that shows no credentials.

A key may use up half of its user's minute, so that a script never locks the editor out. An office shares an
address, so what is sent with good credentials does not count for it. The headers are those of
draft-ietf-httpapi-ratelimit-headers.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from hivesync_contract import headers
from hivesync_contract.errors import ErrorCode
from hivesync_contract.identity import Tier
from starlette.requests import HTTPConnection

from hivesync_server.adapters.windows import Taken, Window, reset_seconds
from hivesync_server.http.client_address import client_address, network_of
from hivesync_server.resources import Resources, resources_of
from hivesync_server.retry_later import RetryLater


class RateLimited(RetryLater):
    """Too many requests within a minute. Nothing was done."""

    code = ErrorCode.RATE_LIMITED

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many requests within a minute. Wait {seconds} seconds, then go on.", seconds)


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Counts one request; its answer then tells how the limits stand."""

    connection: HTTPConnection
    resources: Resources

    async def count_user(self, user_id: str, tier: Tier, key_id: str | None) -> None:
        """Count a request with good credentials, or raise `RateLimited`."""
        limit = self.resources.settings.tiers[tier].requests_per_minute
        windows = [Window("user", f"user:{user_id}", limit)]
        if key_id is not None:
            windows.append(Window("key", f"key:{key_id}", max(1, limit // 2)))
        await self._count(windows)

    async def count_address(self) -> None:
        """Count a request without them, or raise `RateLimited`. Who is on this machine is not counted."""
        http = self.resources.settings.http
        address = client_address(self.connection, http.trusted_proxies)
        if not address or ip_address(address).is_loopback:
            return
        # An IPv6 customer has a whole network of addresses.
        name = network_of(address) if ":" in address else address
        await self._count([Window("address", f"address:{name}", http.anonymous_per_minute)])

    async def _count(self, windows: list[Window]) -> None:
        taken = await self.resources.cache.take(windows)
        if taken is None:
            return
        self.connection.scope.setdefault("state", {})[_ANSWERED] = _headers(taken)
        if not taken.fits:
            raise RateLimited(taken.wait_seconds())


async def count_anonymous(connection: HTTPConnection) -> None:
    """Count a request to a route that asks for no credentials."""
    await RateLimits(connection, resources_of(connection)).count_address()


def answer_headers(scope_state: dict[str, object]) -> dict[str, str]:
    """Give the headers for the answer to a request that was counted."""
    found = scope_state.get(_ANSWERED)
    return found if isinstance(found, dict) else {}


_ANSWERED = "rate_limit_headers"


def _headers(taken: Taken) -> dict[str, str]:
    policies = (f'"{window.name}";q={window.limit};w={window.seconds}' for window, _ in taken.counts)
    standings = (
        f'"{window.name}";r={taken.remaining(window, count)};t={reset_seconds(window, count)}'
        for window, count in taken.counts
    )
    return {headers.RATE_LIMIT_POLICY: ", ".join(policies), headers.RATE_LIMIT: ", ".join(standings)}
