"""Where this agent's session lies: the user's store, or memory while that can't be used.

Never writes plaintext by itself, and never forgets a session because a keychain is locked.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable

from hivesync.credentials.errors import KeychainLocked, KeychainMissing, KeychainUnavailable
from hivesync.credentials.session import StoredSession
from hivesync.credentials.store import CredentialStore, MemoryStore
from hivesync_contract.keychain import KeychainState, SessionStore

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
        if self.is_memory_only:
            return SessionStore.MEMORY
        return self._store.kind if self._held_in_store else SessionStore.NONE

    @property
    def is_memory_only(self) -> bool:
        """Tell whether the session ends with this process."""
        return self._memory.load() is not None

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
        """Keep the session as it now is; raise if the store that holds it does not take it.

        Its predecessor there stays good as long as nothing of the new one is used, and no longer: used
        unsaved, it would end the session at the next start.
        """
        if self._held_in_store:
            self._store.save(session)
        else:
            self._put(self._store.begin, self._memory.save, session)

    def begin(self, session: StoredSession) -> None:
        """Keep another session. A store that refuses it costs the next start a sign-in, not this one."""
        self._memory.end()
        self._put(self._store.begin, self._memory.begin, session)

    def end(self) -> bool:
        """Sign out; the token waits where it was kept to be revoked. False if there was no session."""
        was_in_memory = self.end_in_memory()
        # What a keychain out of reach holds is not the session that was used.
        ignored = (KeychainLocked, KeychainUnavailable) if was_in_memory else (KeychainMissing,)
        was_in_store = False
        with contextlib.suppress(*ignored):
            was_in_store = self._store.end()
        self._held_in_store = False
        return was_in_memory or was_in_store

    def end_in_memory(self) -> bool:
        """Sign out of a session that this process alone holds; False if it holds none."""
        return self._memory.end()

    def erase(self) -> None:
        """Forget the session in both places."""
        self._memory.erase()
        self._held_in_store = False
        with contextlib.suppress(KeychainMissing):
            self._store.erase()

    def ended(self) -> tuple[str, ...]:
        """Give the tokens that wait to be revoked; those in memory also while the keychain is locked."""
        waiting = self._memory.ended()
        ignored = (KeychainLocked, KeychainUnavailable) if waiting else (KeychainMissing,)
        with contextlib.suppress(*ignored):
            waiting += self._store.ended()
        return waiting

    def forget_ended(self, token: str) -> None:
        """Note that the backend has ended the session of this token."""
        holder = self._memory if token in self._memory.ended() else self._store
        holder.forget_ended(token)

    def close(self) -> None:
        """Give back what the store holds between two calls."""
        self._store.close()

    def _put(
        self,
        in_store: Callable[[StoredSession], None],
        in_memory: Callable[[StoredSession], None],
        session: StoredSession,
    ) -> None:
        try:
            in_store(session)
        except (KeychainUnavailable, KeychainLocked) as error:
            _log.warning("session kept in memory only", extra={"reason": error.detail})
            in_memory(session)
            self._held_in_store = False
        else:
            self._memory.erase()
            self._held_in_store = True
