"""Makes keys and hashes them.

The hash is one plain SHA-256, not a slow one as for passwords: nobody can guess 256 random bits, however fast
each guess is, so slowness would only cost; and a plain hash can be looked up by an index.
"""

from __future__ import annotations

import hashlib
import secrets

from hivesync_contract.api_keys import (
    API_KEY_PREFIX,
    API_KEY_RANDOM_CHARACTERS,
    api_key_checksum,
    in_base_62,
)

HINT_CHARACTERS = 4


def new_key() -> str:
    """Give a new key."""
    random_part = in_base_62(secrets.randbits(256), API_KEY_RANDOM_CHARACTERS)
    return API_KEY_PREFIX + random_part + api_key_checksum(random_part)


def key_hash(key: str) -> bytes:
    """Give what is stored of a key."""
    return hashlib.sha256(key.encode()).digest()
