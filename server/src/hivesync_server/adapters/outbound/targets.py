"""Reads a URL that a user gave. Only what every parser reads the same way gets through."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address

import httpx
from hivesync_contract.errors import ErrorCode, FieldError, HiveSyncError

from hivesync_server.adapters.outbound.addresses import is_loopback_address, is_public

URL_CHARACTERS = 2_000

_PORT_FLOOR = 1024
_PORT_MAX = 65_535
_HOST_NAME = re.compile(
    r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
)
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")


class TargetRefused(HiveSyncError):
    """The URL is none that we call."""

    code = ErrorCode.VALIDATION_ERROR

    def __init__(self, reason: str, field: str = "url") -> None:
        super().__init__(f"HiveSync does not call this URL: it {reason}.", errors=[FieldError(field, reason)])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be dialled, once its name has led to an address that may be."""

    url: httpx.URL

    @property
    def host(self) -> str:
        """Give the host as DNS and TLS want it: lower case, IDNA, no brackets."""
        return self.url.raw_host.decode("ascii")

    @property
    def is_tls(self) -> bool:
        return self.url.scheme == "https"


def read_target(text: str, *, loopback_allowed: bool = False) -> Target:
    """Give the target of a URL, or raise `TargetRefused`.

    With `loopback_allowed` this machine is one, by http too.
    """
    url = _parsed(text)
    host = url.raw_host.decode("ascii")
    _check_parts(url, host)
    literal = _check_host(host)
    is_loopback = host == "localhost" or (literal and is_loopback_address(host))
    if is_loopback and not loopback_allowed:
        raise TargetRefused("must not lead to a machine's own address")
    if literal and not is_loopback and not is_public(host):
        raise TargetRefused("must not lead to an address that is not public")
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback):
        raise TargetRefused("must begin with https://")
    return Target(url)


def _parsed(text: str) -> httpx.URL:
    # Parsers disagree about these: some drop them, some read another host.
    if len(text) > URL_CHARACTERS or re.search(r"[\x00-\x20\x7f-\x9f\\]", text):
        raise TargetRefused("must be one URL of at most 2,000 characters, without spaces and backslashes")
    try:
        url = httpx.URL(text)
        url.raw_host.decode("ascii")
    except (httpx.InvalidURL, UnicodeError):
        raise TargetRefused("can't be read") from None
    # In the text itself: the parser forgets an empty user.
    if "@" in re.split(r"[/?#]", text.partition("://")[2])[0]:
        raise TargetRefused("must not have a user or a password; use a path that nobody guesses")
    return url


def _check_parts(url: httpx.URL, host: str) -> None:
    if not url.is_absolute_url or not host:
        raise TargetRefused("must be a whole URL, like https://example.com/hooks")
    if url.fragment:
        raise TargetRefused("must not have a fragment")
    # Ports below are those of mail, name, file and log servers, which a request could be a message to.
    if url.port not in (None, 443) and not _PORT_FLOOR <= url.port <= _PORT_MAX:
        raise TargetRefused("must use port 443, or one from 1024 on")


def _check_host(host: str) -> bool:
    """Tell whether the host is an address; raise `TargetRefused` if it is neither that nor a name."""
    try:
        address = ip_address(host)
    except ValueError:
        address = None
    if address is not None and str(address) == host:
        return True
    # What ends in a number is an address in the eyes of browsers and C libraries: decimal, octal, hex, short.
    if (
        address is not None
        or _NUMERIC_LABEL.fullmatch(host.rpartition(".")[2])
        or not _HOST_NAME.fullmatch(host)
    ):
        raise TargetRefused("must name its host by a plain name or address")
    return False
