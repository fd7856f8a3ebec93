"""Find the address at which a phone on the same network reaches this machine. Sends nothing."""

from __future__ import annotations

import ipaddress
import socket

import psutil

_ELSEWHERE = ("192.0.2.1", 9)
"""An address reserved for documentation (RFC 5737): connecting a UDP socket only asks the routing table."""


def lan_address() -> str | None:
    """Give the address of the default route's interface, else any private one; None without a network."""
    routed = _routed_address()
    if routed and _is_usable(routed):
        return routed
    return next((address for address in _interface_addresses() if _is_usable(address)), None)


def _routed_address() -> str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            return None
        return str(probe.getsockname()[0])


def _interface_addresses() -> list[str]:
    up = {name for name, stats in psutil.net_if_stats().items() if stats.isup}
    return [
        address.address
        for name, addresses in sorted(psutil.net_if_addrs().items())
        if name in up
        for address in addresses
        if address.family == socket.AF_INET
    ]


def _is_usable(text: str) -> bool:
    address = ipaddress.ip_address(text)
    return not (address.is_loopback or address.is_link_local or address.is_unspecified)
