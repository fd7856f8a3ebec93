"""Where this agent's session lies: the user's store, or memory while that can't be used.

Never writes plaintext by itself, and never forgets a session because a keychain is locked.
"""

from __future__ import annotations

import contextlib
import logging

from hivesync.credentials.errors import KeychainLocked, KeychainMissing, KeychainUnavailable
from hivesync.credentials.session import StoredSession
from hivesync.credentials.store import CredentialStore, MemoryStore
from hivesync_contract.local_api import KeychainState, SessionStore

_log = logging.getLogger("hivesync.session")


class Vault:
    """A credential store that keeps in memory what the store behind it can't take. Its calls block."""

    def __init__(self, store: CredentialStore) -> None:
        self._store = store
        self._memory = MemoryStore()
        self._held_in_store = False

    @property
    def kind(self) -> SessionStore:
        """Tell where the session is now, as far as it has been read or written."""
        if self._memory.load() is not None:
            return SessionStore.MEMORY
        return self._store.kind if self._held_in_store else SessionStore.NONE

    def state(self) -> KeychainState:
        """Tell whether the store can be used."""
        return self._store.state()

    def load(self) -> StoredSession | None:
        """Give the session. What is in memory is newer than what the store holds."""
        session = self._memory.load()
        if session is not None:
            return session
        # Without a keychain nobody has ever signed in here, except into memory.
        with contextlib.suppress(KeychainMissing):
            session = self._store.load()
        self._held_in_store = session is not None
        return session

    def save(self, session: StoredSession) -> None:
        """Keep the session. A store that refuses it costs the next start a sign-in, not this one."""
        try:
            self._store.save(session)
        except (KeychainUnavailable, KeychainLocked) as error:
            _log.warning("session kept in memory only", extra={"reason": error.detail})
            self._memory.save(session)
        else:
            self._memory.erase()
            self._held_in_store = True

    def erase(self) -> None:
        """Forget the session in both places."""
        self._memory.erase()
        self._held_in_store = False
        with contextlib.suppress(KeychainMissing):
            self._store.erase()
