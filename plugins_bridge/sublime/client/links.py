"""Which link of a server's answer may be opened or written to: https, or http to this machine."""

from __future__ import annotations

from typing import Iterable
from urllib.parse import urlsplit

from .direct import is_loopback


def is_ours(url: str, origins: Iterable[str]) -> bool:
    """Tell whether the link leads to one of these origins.

    Other ports of this machine are ours only where one of the origins is here, too: a server elsewhere must
    not be able to send anybody to services of this machine.
    """
    origin = origin_of(url)
    allowed = [each.rstrip("/") for each in origins]
    here = any(is_loopback(urlsplit(each).hostname or "") for each in allowed)
    return bool(origin) and (origin in allowed or (here and is_loopback(urlsplit(origin).hostname or "")))


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
