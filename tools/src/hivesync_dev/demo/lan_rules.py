"""What the LAN may reach of the Worker: the phone page, its assets, session and room. Nothing else exists.

`wrangler dev` also serves simulated buckets (/cdn-cgi) and takes jobs (/jobs); those stay on loopback.
"""

from __future__ import annotations

import re

_NAME = r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*"
_READABLE = re.compile(rf"/(p(/{_NAME})*|frame|-(/{_NAME})+)")
_WRITABLE = re.compile(rf"/p/{_NAME}/{_NAME}")
_ROOM = re.compile(rf"/p/{_NAME}/room")
_READS = frozenset({"GET", "HEAD"})

REQUEST_BYTES = 64 * 1024
"""Largest body that a phone may send: a token, or a line of its console."""

MESSAGE_BYTES = 1024 * 1024
"""Largest message that a phone may send to a room; it reads up to 256 K characters of any script."""


def is_published(method: str, raw_path: str) -> bool:
    """Tell whether the LAN may make this request.

    The path is matched as it was sent, and a name can't begin with a dot or hold a `%`: what can't be
    written can't be decoded differently behind us.
    """
    if method in _READS:
        return _READABLE.fullmatch(raw_path) is not None
    return method == "POST" and _WRITABLE.fullmatch(raw_path) is not None


def is_room(raw_path: str) -> bool:
    """Tell whether this is the one path on which a connection may become a WebSocket."""
    return _ROOM.fullmatch(raw_path) is not None
