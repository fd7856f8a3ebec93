"""The way to the backend without an agent. Follows no redirect, so a token goes to one origin only."""

from __future__ import annotations

import base64
import functools
import http.client
import ipaddress
import os
import ssl
import threading
import time
from typing import Any, Mapping
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from .body import read_body
from .call import DIRECT, Answer, Call
from .command import HiveSyncCommand
from .errors import INVALID, HiveSyncError, Offline
from .version import CLIENT

READ_SECONDS = 60.0
_CONNECT_SECONDS = 10.0
_MARGIN_SECONDS = 30.0
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where systems keep their trusted authorities; the editor's own Python was built for another machine."""


def checked_origin(value: str) -> SplitResult:
    """Give the origin's parts: https, or http to this machine; raise `HiveSyncError` for anything else."""
    try:
        parts = urlsplit(value)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        named = False
    if not named or parts.username or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise HiveSyncError(INVALID, "The server must be an origin, such as https://hivesync.example.com.")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise HiveSyncError(INVALID, "The server must begin with https://; http is only for this machine.")
    return parts


def is_loopback(host: str) -> bool:
    """Tell whether the host can only be this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Tokens:
    """Access tokens of `hivesync token`, in memory only, or the API key of scripts."""

    def __init__(self, command: HiveSyncCommand, environ: Mapping[str, str]) -> None:
        self.command = command
        self._api_key = environ.get("HIVESYNC_TOKEN", "")
        self._lock = threading.Lock()
        self._held, self._until = "", 0.0

    @property
    def is_renewable(self) -> bool:
        """An API key that was refused stays refused."""
        return not self._api_key

    def get(self, refused: str = "") -> str:
        """Give a token that still lasts, and another one than `refused`; raise `HiveSyncError`."""
        if self._api_key:
            return self._api_key
        with self._lock:
            if not self._held or self._held == refused or time.monotonic() > self._until:
                self._held, lasts_seconds = _token_of(self.command.run("token"))
                self._until = time.monotonic() + lasts_seconds - _MARGIN_SECONDS
            return self._held

    def forget(self) -> None:
        """Drop the token, after a sign-in or sign-out."""
        with self._lock:
            self._held = ""


def _token_of(told: Any) -> tuple[str, float]:
    try:
        token, lasts_seconds = told["access_token"], float(told["expires_in"])
    except (KeyError, TypeError, ValueError):
        token, lasts_seconds = None, 0.0
    # Anything else must not get into a header.
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or " " in token:
        raise HiveSyncError("INTERNAL_ERROR", "`hivesync token` did not answer with a token.")
    return token, lasts_seconds


class DirectLink:
    """Sends calls to the configured origin with a token of the `hivesync` command."""

    def __init__(self, origin: str, tokens: Tokens) -> None:
        self._origin = checked_origin(origin)
        self.tokens = tokens

    def send(self, call: Call) -> Answer:
        """Send the call; renew once when the token was refused. Raise `Offline` or what a token raises."""
        connection, response = self.stream(call, READ_SECONDS)
        try:
            body = read_body(response)
        except (OSError, http.client.HTTPException):
            raise Offline("The backend ended its answer in the middle.") from None
        finally:
            connection.close()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, body, DIRECT)

    def stream(
        self, call: Call, read_seconds: float
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        """Send the call and give the open answer; the caller closes the connection."""
        token = self.tokens.get()
        connection, response = self._transmit(call, token, read_seconds)
        if response.status != 401 or not self.tokens.is_renewable:
            return connection, response
        connection.close()
        return self._transmit(call, self.tokens.get(refused=token), read_seconds)

    def _transmit(self, call: Call, token: str, read_seconds: float) -> tuple[Any, http.client.HTTPResponse]:
        headers = {**call.headers, "Authorization": "Bearer " + token, "User-Agent": CLIENT}
        connection = open_connection(self._origin)
        try:
            connection.connect()
            connection.sock.settimeout(read_seconds)
            connection.request(call.method, call.path, call.body, headers)
            return connection, connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise Offline(f"The backend can't be reached: {error or type(error).__name__}.") from None


def open_connection(target: SplitResult) -> http.client.HTTPConnection:
    """Give a connection to this origin, by the system's proxy where there is one; not yet connected."""
    host = target.hostname or ""
    proxy = _proxy_for(target)
    if target.scheme == "http":
        return http.client.HTTPConnection(host, target.port, timeout=_CONNECT_SECONDS)
    trust = _trust()
    if proxy is None:
        return http.client.HTTPSConnection(host, target.port, timeout=_CONNECT_SECONDS, context=trust)
    through = http.client.HTTPSConnection(
        proxy.hostname or "", proxy.port or 80, timeout=_CONNECT_SECONDS, context=trust
    )
    through.set_tunnel(host, target.port or 443, _proxy_headers(proxy))
    return through


def _proxy_for(target: SplitResult) -> SplitResult | None:
    host = target.hostname or ""
    named = getproxies().get("https")
    if target.scheme != "https" or is_loopback(host) or not named or proxy_bypass(host):
        return None
    return urlsplit(named if "//" in named else "http://" + named)


def _proxy_headers(proxy: SplitResult) -> Mapping[str, str]:
    if proxy.username is None:
        return {}
    pair = "{}:{}".format(unquote(proxy.username), unquote(proxy.password or ""))
    return {"Proxy-Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


@functools.lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    known = ssl.get_default_verify_paths()
    if not context.get_ca_certs() and not known.cafile and not known.capath:
        for bundle in _BUNDLES:
            if os.path.isfile(bundle):
                context.load_verify_locations(bundle)
                break
    return context
