"""Versions, platform and settings as a support bundle shows them. Secret ones are only named."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from typing import Any
from urllib.parse import urlsplit

from hivesync.locations import Locations
from hivesync.preferences import Preferences
from hivesync.settings import Settings
from hivesync_contract import PROTOCOL_MAX, PROTOCOL_MIN

_PACKAGES = (
    "hivesync-agent",
    "hivesync-sdk",
    "aiohttp",
    "httptools",
    "httpx",
    "keyring",
    "msgspec",
    "uvloop",
)
_PLAIN = (
    *("HIVESYNC_PROFILE", "HIVESYNC_RUNTIME_DIR", "HIVESYNC_CONFIG_DIR", "HIVESYNC_STATE_DIR"),
    *("HIVESYNC_LOG_DIR", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "PYTHON_KEYRING_BACKEND"),
    *("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "XDG_CURRENT_DESKTOP", "LANG"),
)
_ADDRESSES = (
    *("HIVESYNC_SERVER_URL", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"),
    *("ALL_PROXY", "all_proxy"),
)
"""An allow-list: of every other variable not even the name is told."""


def versions() -> dict[str, Any]:
    """Give versions of what runs here, and the platform."""
    return {
        "packages": dict(_installed()),
        "protocol": {"min": PROTOCOL_MIN, "max": PROTOCOL_MAX},
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "system": sys.platform,
    }


def settings_shown(
    settings: Settings, locations: Locations, environ: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Give settings, folders, choices, and the variables that were set."""
    environ = os.environ if environ is None else environ
    shown = {name: environ[name] for name in _PLAIN if environ.get(name)}
    shown |= {name: address(environ[name]) for name in _ADDRESSES if environ.get(name)}
    return {
        "server_url": settings.server_url,
        "profile": settings.profile,
        "api_key": "set" if environ.get("HIVESYNC_TOKEN") else "not set",
        "plaintext_credentials": Preferences.load(locations).plaintext_credentials,
        "folders": {
            "runtime": str(locations.runtime),
            "config": str(locations.config),
            "state": str(locations.state),
            "log": str(locations.log),
        },
        "environment": shown,
    }


def address(value: str) -> str:
    """Give scheme, host and port, and whether credentials came with them."""
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host:
        return "[not an address]"
    where = f"{parts.scheme}://{host}{f':{port}' if port else ''}"
    return f"{where} (with credentials)" if parts.username is not None else where


def _installed() -> Iterator[tuple[str, str]]:
    for name in _PACKAGES:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            yield name, "not installed"
