"""What a place for one account's session must offer, and the choice between places.

Never falls back by itself: a plaintext file is chosen only if the user said so.
"""

from __future__ import annotations

from typing import Protocol

from hivesync_contract.local_api import KeychainState, SessionStore

from hivesync.credentials.account import Account
from hivesync.credentials.session import StoredSession
from hivesync.locations import Locations
from hivesync.preferences import Preferences


class CredentialStore(Protocol):
    """A place for the session of one account. All calls block; a keychain's for seconds."""

    @property
    def kind(self) -> SessionStore:
        """Where the session is, in the words of the local API."""

    def state(self) -> KeychainState:
        """Tell whether it can be used, without ever asking the user anything."""

    def load(self) -> StoredSession | None:
        """Give what is stored. A locked or missing keychain raises instead of giving None."""

    def save(self, session: StoredSession) -> None:
        """Store and read back, or raise."""

    def erase(self) -> None:
        """Remove what is stored; nothing stored is fine."""


class MemoryStore:
    """Keeps the session as long as the process: where no keychain exists and no file is wanted."""

    kind = SessionStore.MEMORY

    def __init__(self, session: StoredSession | None = None) -> None:
        self._session = session

    def state(self) -> KeychainState:
        """Memory is always there."""
        return KeychainState.OK

    def load(self) -> StoredSession | None:
        """Give what this process saved."""
        return self._session

    def save(self, session: StoredSession) -> None:
        """Keep it until the process ends."""
        self._session = session

    def erase(self) -> None:
        """Forget it."""
        self._session = None


def choose_store(account: Account, locations: Locations, *, may_prompt: bool = False) -> CredentialStore:
    """Give the user's choice: the keychain, or the file they agreed to.

    `may_prompt`: the keychain may ask the user to unlock it; False for whatever runs in the background.
    """
    if Preferences.load(locations).plaintext_credentials:
        from hivesync.credentials.plaintext import PlaintextStore

        return PlaintextStore(account.plaintext_path(locations.state))
    from hivesync.credentials.keychain import Keychain

    return Keychain(account, may_prompt=may_prompt)
