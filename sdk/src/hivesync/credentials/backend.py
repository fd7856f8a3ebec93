"""Which `keyring` backend may hold a secret, and whether it is unlocked. Never opens a prompt."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from hivesync_contract.keychain import KeychainState

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_NOT_A_KEYCHAIN = ("keyring.backends.fail", "keyring.backends.null", "keyrings.")
"""`keyrings.alt` keeps secrets in plain or obfuscated files, which only the user may decide for."""


def usable_backend() -> KeyringBackend | None:
    """Give the configured backend, or the best link of a chain; None if nothing there is a keychain."""
    import keyring
    from keyring.backends.chainer import ChainerBackend

    backend = keyring.get_keyring()
    links = list(backend.backends) if isinstance(backend, ChainerBackend) else [backend]
    return next((link for link in links if not _is_excluded(link)), None)


def backend_state(backend: KeyringBackend | None) -> KeychainState:
    """Tell whether the backend can be used as it is, without asking the user."""
    if backend is None:
        return KeychainState.MISSING
    if type(backend).__module__ == "keyring.backends.SecretService":
        return _secret_service_state()
    return KeychainState.OK


def _is_excluded(backend: KeyringBackend) -> bool:
    return type(backend).__module__.startswith(_NOT_A_KEYCHAIN)


def _secret_service_state() -> KeychainState:
    # keyring's own backend would open a prompt to unlock, or to create, the default collection.
    if sys.platform == "win32" or sys.platform == "darwin":
        return KeychainState.MISSING
    import secretstorage

    try:
        connection = secretstorage.dbus_init()
        try:
            locked = secretstorage.Collection(connection).is_locked()
        finally:
            connection.close()
    except secretstorage.SecretStorageException:
        return KeychainState.MISSING
    return KeychainState.LOCKED if locked else KeychainState.OK
