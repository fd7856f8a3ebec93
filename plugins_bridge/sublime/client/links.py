"""Which link of a server's answer may be opened or written to: https, or http to this machine."""

from __future__ import annotations

from typing import Sequence
from urllib.parse import urlsplit

from .direct import is_loopback
from .session import Session


def own_origins(session: Session, server: str) -> list[str]:
    """Give the server, and the origins that it names as its own; raise `HiveSyncError`."""
    return [server, *session.get("/api/v1/health")["upload_origins"]]


def is_ours(url: str, origins: Sequence[str]) -> bool:
    """Tell whether the link leads to one of these origins.

    Other ports of this machine are ours only where the server itself, the first of them, is here, too: one
    elsewhere has no say over what listens on this machine, whatever it names.
    """
    origin = origin_of(url)
    server, *named = [each.rstrip("/") for each in origins]
    if _is_here(origin):
        return _is_here(server)
    return bool(origin) and origin in (server, *named)


def _is_here(origin: str) -> bool:
    return is_loopback(urlsplit(origin).hostname or "")


def origin_of(url: str) -> str:
    """Give the link's origin, nothing for one that no browser should see."""
    if not url.isascii() or not url.isprintable() or any(sign in url for sign in " \"'`\\<>"):
        return ""
    try:
        parts = urlsplit(url)
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return ""
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    if not secure or not parts.hostname or "@" in parts.netloc:
        return ""
    return f"{parts.scheme}://{parts.hostname}{port}"
