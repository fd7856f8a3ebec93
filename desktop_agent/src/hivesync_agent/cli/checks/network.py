"""Proxy, name and connection: what lies between this machine and the backend."""

from __future__ import annotations

import contextlib
import ipaddress
import socket

import httpcore
from hivesync.settings import is_loopback

from hivesync_agent.backend.failures import ProxyRefused
from hivesync_agent.cli.checks.check import Machine
from hivesync_agent.cli.checks.finding import Seen, ok, wrong
from hivesync_agent.cli.checks.way import ProxyUnusable, Way, reason
from hivesync_agent.support.facts import address

_CREDENTIALS = "HTTPS_PROXY=http://user:password@host:port (write special characters as %XX)"


def check_proxy(machine: Machine) -> Seen:
    """Ask the proxy that environment or system name for a way through."""
    way = Way(machine.origin)
    if way.proxy.url is None:
        return ok("none; the connection is direct")
    shown = address(way.proxy.url)
    try:
        with contextlib.closing(way.connect()):
            return ok(f"{shown} lets us through")
    except ProxyRefused as error:
        return wrong(
            f"{shown}: {error.detail}", "Correct HTTPS_PROXY, or the proxy in the system's settings."
        )
    except ProxyUnusable as error:
        return _unusable(way, shown, error)


def check_name(machine: Machine) -> Seen:
    """Look the backend's name up."""
    way = Way(machine.origin)
    if way.proxy.url is not None:
        return ok(f"the proxy looks {way.host} up")
    if _is_address(way.host):
        return ok(f"{way.host} needs no lookup")
    try:
        found = socket.getaddrinfo(way.host, way.port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            return wrong(
                f"no name server answers, so {way.host} can't be looked up",
                "Is this machine online? If so, look at its DNS settings, or at those of a VPN.",
            )
        return wrong(
            f"there is no host named {way.host} here ({error.strerror})",
            "Is HIVESYNC_SERVER_URL right? A name that only your company's network knows needs its VPN.",
        )
    return ok(f"{way.host} is {found[0][4][0]}")


def check_connection(machine: Machine) -> Seen:
    """Open a connection to the backend, and close it."""
    way = Way(machine.origin)
    try:
        with contextlib.closing(way.connect()):
            return ok("it takes connections" if way.proxy.url is None else "the proxy makes it")
    except (httpcore.NetworkError, httpcore.TimeoutException) as error:
        if is_loopback(way.host):
            remedy = "Start that backend, or set HIVESYNC_SERVER_URL to the one you mean."
        else:
            remedy = "Try later; a firewall may be in the way. Where only a proxy leads out, set HTTPS_PROXY."
        return wrong(f"{way.host}, port {way.port}: {reason(error)}", remedy)


def _unusable(way: Way, shown: str, error: ProxyUnusable) -> Seen:
    if error.answered == 407 and way.proxy.credentials():
        return wrong(f"{shown} refuses its user name and password (407)", f"Correct them: {_CREDENTIALS}")
    if error.answered == 407:
        return wrong(f"{shown} asks for a user name and password (407)", f"Set them: {_CREDENTIALS}")
    if error.answered == 403:
        return wrong(
            f"{shown} forbids connections to {way.host} (403)",
            f"Ask whoever runs the proxy to allow {way.host}, port {way.port}.",
        )
    if error.answered:
        return wrong(
            f"{shown} did not connect us to {way.host} (status {error.answered})",
            "Is HIVESYNC_SERVER_URL right? Then ask whoever runs the proxy.",
        )
    return wrong(
        f"{shown}: {error.detail}",
        "Correct HTTPS_PROXY or start that proxy; unset it where none is needed.",
    )


def _is_address(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return bool(ipaddress.ip_address(host))
    return host == "localhost"
