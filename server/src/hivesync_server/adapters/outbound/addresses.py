"""Which addresses a user's URL may lead to: global unicast, and nothing that only looks like it.

By the IANA special-purpose registries (RFC 6890 and its successors). Our own tables instead of `is_global`,
whose answers differ between patch versions of Python.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_FORBIDDEN_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT; a cloud's metadata service (100.100.100.200)
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's host agent, although the address is a public one
        "169.254.0.0/16",  # link-local; metadata services
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; a cloud's metadata service (192.0.0.192)
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_FORBIDDEN_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments; Teredo, which wraps an IPv4 address
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which wraps an IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
"""The one prefix outside `2000::/3` with public hosts: where DNS64 puts the IPv4 world (RFC 6052)."""


def is_public(address: str) -> bool:
    """Tell whether an address is one that anybody on the internet could reach anyway."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return _is_public_v4(parsed)
    if parsed.scope_id is not None:
        return False
    if parsed in _NAT64:
        return _is_public_v4(IPv4Address(parsed.packed[-4:]))
    return parsed in _GLOBAL_V6 and not any(parsed in network for network in _FORBIDDEN_V6)


def is_loopback_address(address: str) -> bool:
    """Tell whether an address is this machine, written plainly."""
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    return parsed.is_loopback and not (isinstance(parsed, IPv6Address) and parsed.ipv4_mapped)


def _is_public_v4(address: IPv4Address) -> bool:
    return not any(address in network for network in _FORBIDDEN_V4)
