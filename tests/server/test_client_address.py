"""Whose address counts: forged headers change nothing."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hivesync_server.http.client_address import client_address
from starlette.requests import HTTPConnection

TRUSTED = (ip_network("127.0.0.0/8"), ip_network("172.16.0.0/12"))


def address(peer: str, **headers: str) -> str:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    connection = HTTPConnection({"type": "http", "client": (peer, 1), "headers": raw})
    return client_address(connection, TRUSTED)


@pytest.mark.parametrize("peer", ["127.0.0.1", "172.18.0.1", "::ffff:172.18.0.1"])
@pytest.mark.parametrize("named", ["203.0.113.9", "2001:db8::9"])
def test_a_trusted_proxy_names_the_client(peer: str, named: str) -> None:
    assert address(peer, x_real_ip=named) == named


@pytest.mark.parametrize("peer", ["203.0.113.5", "2001:db8::5", "::ffff:203.0.113.5", "::1", "128.0.0.1"])
def test_anyone_else_is_their_own_address(peer: str) -> None:
    assert address(peer, x_real_ip="10.0.0.1") == peer


@pytest.mark.parametrize(
    "named",
    [
        "",
        "nonsense",
        "203.0.113.9, 10.0.0.1",
        "203.0.113.9 10.0.0.1",
        "203.0.113.9:80",
        "[2001:db8::1]",
        "[2001:db8::1]:80",
        "203.0.113.009",
        "3405803785",
        "0xcb.0.113.9",
        "<script>",
    ],
)
def test_what_is_no_address_is_ignored(named: str) -> None:
    assert address("127.0.0.1", x_real_ip=named) == "127.0.0.1"


def test_forwarded_for_is_never_believed() -> None:
    assert address("127.0.0.1", x_forwarded_for="203.0.113.9", forwarded="for=203.0.113.9") == "127.0.0.1"
