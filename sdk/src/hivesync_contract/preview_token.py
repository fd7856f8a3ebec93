"""What a phone link proves: the claims of a preview token and the key that signs it.

The server mints the token and the Worker checks it without asking the server. The JWT itself is
written by the server's JWT library; here stand only the shape and the key, which both must share.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from hivesync_contract.identity import Tier
from hivesync_contract.previews import Platform

ALGORITHM = "HS256"
KEY_INFO = b"hivesync/preview/v1"
"""HKDF's `info`: keeps this key apart from any other derived from the same secret."""


class PreviewRole(StrEnum):
    """A viewer looks; a publisher (the agent) may also push sources to a live preview."""

    VIEWER = "viewer"
    PUBLISHER = "publisher"


@dataclass(frozen=True, slots=True)
class PreviewClaims:
    """Claims of a preview token. `exp` is in seconds since 1970.

    `use` is `open` in the link (ten minutes, any device; left out there), `device` in the token the
    page gets for it (as long as the preview, one device, named by `device_id`), and `publish` in the one
    that lets the agent into the preview's room (ten minutes to get in; its role is `publisher`).
    """

    preview_id: str
    project_id: str
    user_id: str
    version: int
    platform: Platform
    tier: Tier
    role: PreviewRole
    exp: int
    expires_at: int
    """When the preview itself ends, in seconds since 1970: the longest a device token may last."""
    use: Literal["open", "device", "publish"] = "open"
    device_id: str | None = None
    devices: int = 1
    """On how many devices at once it may be open."""


def preview_key(preview_token_secret: str | None, worker_shared_secret: str) -> bytes:
    """Give the HMAC key: the dedicated secret, or HKDF-SHA256 (RFC 5869) of the shared one."""
    if preview_token_secret:
        return preview_token_secret.encode()
    pseudo_random_key = hmac.new(bytes(32), worker_shared_secret.encode(), hashlib.sha256).digest()
    return hmac.new(pseudo_random_key, KEY_INFO + b"\x01", hashlib.sha256).digest()


def key_id(key: bytes) -> str:
    """Give the `kid` that names a key without telling anything about it: 8 hex digits."""
    return hashlib.sha256(b"hivesync/kid/" + key).hexdigest()[:8]
