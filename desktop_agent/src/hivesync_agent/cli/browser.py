"""Open a link for the user, if it leads to our own hosts. No shell, and no scheme but http and https."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from hivesync.settings import SettingsInvalid, is_loopback, parse_origin


def origin_of(url: str) -> str | None:
    """Give the URL's origin if a browser may be sent there: https, or http to this machine."""
    if not url.isascii() or not url.isprintable() or any(sign in url for sign in " \"'`\\<>"):
        return None
    parts = urlsplit(url)
    if "@" in parts.netloc:
        return None
    try:
        return parse_origin(f"{parts.scheme}://{parts.netloc}")
    except SettingsInvalid:
        return None


def open_ours(url: str, origins: Iterable[str]) -> bool:
    """Open the URL if its origin is one of these; False if it was not opened.

    Other ports of this machine count as ours only with a local backend: a remote one must not be able
    to send the user's browser to services on loopback.
    """
    import webbrowser

    origin, allowed = origin_of(url), set(origins)
    is_local = any(is_loopback(urlsplit(ours).hostname) for ours in allowed)
    if origin is None or not (origin in allowed or (is_local and is_loopback(urlsplit(origin).hostname))):
        return False
    return webbrowser.open(url)
