"""What the environment says about backend, profile and API key. Refuses an origin that isn't safe."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from hivesync_contract.discovery import DEFAULT_PROFILE, check_profile
from hivesync_contract.errors import ErrorCode, HiveSyncError

LOCAL_SERVER_URL = "http://127.0.0.1:4000"
"""The backend of `make demo` and of a developer's machine; any other must be named."""

_DEFAULT_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


class SettingsInvalid(HiveSyncError):
    """An environment variable holds a value that can't be used."""

    code = ErrorCode.VALIDATION_ERROR


@dataclass(frozen=True, slots=True)
class Settings:
    """Read once at start. `token` is the API key of scripts and CI, which wins over the keychain."""

    server_url: str = LOCAL_SERVER_URL
    profile: str = DEFAULT_PROFILE
    token: str | None = field(default=None, repr=False)
    names_server: bool = True
    """False where nobody has named a backend: then the one that the agent serves is meant."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, *, profile: str | None = None) -> Settings:
        """Read the variables, or raise `SettingsInvalid` naming the one that is wrong."""
        environ = os.environ if environ is None else environ
        return cls(
            server_url=parse_origin(environ.get("HIVESYNC_SERVER_URL") or LOCAL_SERVER_URL),
            profile=_profile(profile or environ.get("HIVESYNC_PROFILE") or DEFAULT_PROFILE),
            token=_token(environ.get("HIVESYNC_TOKEN")),
            names_server=bool(environ.get("HIVESYNC_SERVER_URL")),
        )


def parse_origin(value: str) -> str:
    """Give the normalised origin: https, or http to loopback; raise `SettingsInvalid` for anything else."""
    refused = f"HIVESYNC_SERVER_URL {value!r} "
    if not value.isascii() or not value.isprintable() or " " in value or "\\" in value:
        raise SettingsInvalid(refused + "holds characters that don't belong in an address.")
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise SettingsInvalid(refused + "is not an address.") from None
    if parts.username is not None or parts.query or parts.fragment or parts.path not in ("", "/"):
        # The value is not repeated here, since it may hold a password.
        raise SettingsInvalid("HIVESYNC_SERVER_URL must be an origin: scheme, host and port, nothing else.")
    _check_scheme(refused, parts)
    suffix = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{_host_text(refused, parts.hostname)}{suffix}"


def is_loopback(host: str | None) -> bool:
    """Tell whether the host can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _check_scheme(refused: str, parts: SplitResult) -> None:
    if parts.scheme not in _DEFAULT_PORTS:
        raise SettingsInvalid(refused + "must begin with https://.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise SettingsInvalid(refused + "must begin with https://; http is only for 127.0.0.1 and localhost.")


def _host_text(refused: str, host: str | None) -> str:
    if host and ":" in host:
        try:
            return f"[{ipaddress.IPv6Address(host)}]"
        except ValueError:
            raise SettingsInvalid(refused + "is not an address.") from None
    if not host or not _HOST.fullmatch(host):
        raise SettingsInvalid(refused + "names no valid host.")
    return host


def _profile(value: str) -> str:
    try:
        return check_profile(value)
    except ValueError as exc:
        raise SettingsInvalid(f"The profile (--profile or HIVESYNC_PROFILE): {exc}.") from None


def _token(value: str | None) -> str | None:
    if value and not (value.isascii() and value.isprintable() and " " not in value):
        raise SettingsInvalid("HIVESYNC_TOKEN holds characters that no API key has.")
    return value or None
