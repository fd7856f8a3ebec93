"""Who calls: the peer, or what a trusted proxy says in `X-Real-IP`. `X-Forwarded-For` is never believed."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.requests import HTTPConnection, Request

from hivesync_server.settings.safety import is_loopback

_REMEMBERED = 4096
"""Addresses that were looked at: the same few make most requests, and each is asked about several times."""

_PASSED_ON = ("via", "forwarded", "x-forwarded-for", "x-real-ip", "cf-connecting-ip")
"""What proxies and tunnels add. They may put a `Host` of this machine in the place of their own."""


class ToldBy(StrEnum):
    """Whose word an address is: the connection's own, or a trusted proxy's. A stranger's is not taken."""

    CONNECTION = "connection"
    PROXY = "proxy"
    STRANGER = "stranger"


Networks = tuple[IPv4Network | IPv6Network, ...]


def client_address(connection: HTTPConnection, trusted: Networks) -> str:
    """Give the caller's address, or an empty text where there is none (a unix socket)."""
    peer = connection.client.host if connection.client else ""
    if not _is_in(peer, trusted):
        return peer
    named = connection.headers.get("x-real-ip", "").strip()
    return named if _is_address(named) else peer


def told_by(connection: HTTPConnection, trusted: Networks) -> ToldBy:
    """Tell whose word `client_address` takes, and whether it refuses somebody's."""
    if not _is_address(connection.headers.get("x-real-ip", "").strip()):
        return ToldBy.CONNECTION
    peer = connection.client.host if connection.client else ""
    return ToldBy.PROXY if _is_in(peer, trusted) else ToldBy.STRANGER


def is_this_machine(request: Request) -> bool:
    """Tell whether a program of this machine asks, and not somebody through a proxy or tunnel on it.

    Peer and Host are asked: a page elsewhere can let its own name point to 127.0.0.1 (DNS rebinding).
    """
    peer = request.client.host if request.client else ""
    if not _is_address(peer) or any(name in request.headers for name in _PASSED_ON):
        return False
    return ip_address(peer).is_loopback and is_loopback(request.url.hostname or "")


@lru_cache(_REMEMBERED)
def network_of(address: str) -> str:
    """Give the network that an address most likely shares with its neighbours, or an empty text."""
    if not _is_address(address):
        return ""
    parsed = ip_address(address)
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(ip_network(f"{parsed}/{24 if parsed.version == 4 else 48}", strict=False))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


@lru_cache(_REMEMBERED)
def _is_in(text: str, networks: Networks) -> bool:
    if not _is_address(text):
        return False
    address = ip_address(text)
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in networks)
