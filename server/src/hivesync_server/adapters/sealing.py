"""Secrets that we must be able to read again, encrypted at rest: a stolen backup shows none of them.

Each purpose has a key of its own, derived from `JWT_SECRET` by HKDF (RFC 5869). What cannot be opened by any
of our keys is an error, never an empty secret.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_server.settings.secrets import Secret

_INFO = b"hivesync/sealed/v1/"
_PREFIX = "s1."
_NONCE_BYTES = 12


class SealBroken(HiveSyncError):
    """What was sealed was altered, belongs elsewhere, or was sealed by a key that is gone."""

    code = ErrorCode.INTERNAL_ERROR


class Sealer:
    """AES-256-GCM. The first key seals, all open: `…_PREVIOUS` keeps old values readable in a rotation."""

    def __init__(self, keys: Iterable[Secret]) -> None:
        self._keys = [key.reveal().encode() for key in keys]

    @property
    def has_former_keys(self) -> bool:
        """Tell whether something may be sealed by another key than the first."""
        return len(self._keys) > 1

    def seal(self, text: str, purpose: str) -> str:
        """Encrypt `text`. `purpose` says what it is and whose (`totp/<user id>`), so that a value copied to
        another row or column does not open there.
        """
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._cipher(self._keys[0], purpose).encrypt(nonce, text.encode(), None)
        return _PREFIX + base64.urlsafe_b64encode(sealed).decode("ascii")

    def open(self, sealed: str, purpose: str) -> str:
        """Decrypt what was sealed for the same purpose, or raise `SealBroken`."""
        return self._open(sealed, purpose)[1]

    def is_fresh(self, sealed: str, purpose: str) -> bool:
        """Tell whether the first key has sealed this; raise `SealBroken` if none of ours has."""
        return self._open(sealed, purpose)[0] == 0

    def _open(self, sealed: str, purpose: str) -> tuple[int, str]:
        try:
            data = base64.b64decode(sealed.removeprefix(_PREFIX), altchars=b"-_", validate=True)
        except ValueError as error:
            raise SealBroken(_BROKEN) from error
        nonce, box = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
        for place, key in enumerate(self._keys):
            try:
                return place, self._cipher(key, purpose).decrypt(nonce, box, None).decode()
            except (InvalidTag, ValueError):  # ValueError: too short to be one
                continue
        raise SealBroken(_BROKEN)

    @staticmethod
    def _cipher(key: bytes, purpose: str) -> AESGCM:
        return AESGCM(HKDF(SHA256(), 32, salt=None, info=_INFO + purpose.encode()).derive(key))


_BROKEN = "A stored secret can't be read: was JWT_SECRET changed without JWT_SECRET_PREVIOUS?"
