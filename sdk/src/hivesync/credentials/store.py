"""What a place for one account's session must offer, and the choice between places.

Never falls back by itself: a plaintext file is chosen only if the user said so.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Protocol

from hivesync_contract.keychain import KeychainState, SessionStore

from hivesync.credentials.account import Account
from hivesync.credentials.session import Kept, StoredSession
from hivesync.locations import Locations
from hivesync.preferences import Preferences


class CredentialStore(Protocol):
    """A place for the session of one account, and for the tokens of ended ones until they are revoked.

    All calls block; a keychain's for seconds. Those that change something are made under the account's
    lock, and each of them is one write: a crash leaves what was before, or what is after.
    """

    @property
    def kind(self) -> SessionStore:
        """Where the session is, in the words of the local API."""

    def state(self) -> KeychainState:
        """Tell whether it can be used, without ever asking the user anything."""

    def load(self) -> StoredSession | None:
        """Give the session. A locked or missing keychain raises instead of giving None."""

    def save(self, session: StoredSession) -> None:
        """Store the session as it now is, and read it back, or raise."""

    def begin(self, session: StoredSession) -> None:
        """Store another session; the one before it has ended."""

    def end(self) -> bool:
        """Sign out: the session's token now waits to be revoked. False if there was no session."""

    def erase(self) -> None:
        """Forget a session that the backend has ended; none is fine."""

    def ended(self) -> tuple[str, ...]:
        """Give the refresh tokens of ended sessions that the backend has yet to be told of."""

    def forget_ended(self, token: str) -> None:
        """Note that the backend has ended the session of this token."""

    def close(self) -> None:
        """Give back what is held between two calls."""


class TextStore(ABC):
    """A credential store made of a place that keeps one text."""

    kind: SessionStore

    @abstractmethod
    def state(self) -> KeychainState:
        """Tell whether it can be used, without ever asking the user anything."""

    @abstractmethod
    def read(self) -> str | None:
        """Give the stored text, None if there is none; raise if the place can't be asked."""

    @abstractmethod
    def write(self, text: str) -> None:
        """Store the text and read it back, or raise."""

    @abstractmethod
    def remove(self) -> None:
        """Remove the text; nothing stored is fine."""

    def load(self) -> StoredSession | None:
        return self._kept().session

    def save(self, session: StoredSession) -> None:
        self._keep(replace(self._kept(), session=session))

    def begin(self, session: StoredSession) -> None:
        self._keep(self._kept().begun(session))

    def end(self) -> bool:
        kept = self._kept()
        if kept.session is not None:
            self._keep(kept.without_session())
        return kept.session is not None

    def erase(self) -> None:
        self._keep(replace(self._kept(), session=None))

    def ended(self) -> tuple[str, ...]:
        return self._kept().ended

    def forget_ended(self, token: str) -> None:
        kept = self._kept()
        if token in kept.ended:
            self._keep(replace(kept, ended=tuple(each for each in kept.ended if each != token)))

    def close(self) -> None:  # noqa: B027 - most places hold nothing open
        pass

    def _kept(self) -> Kept:
        return Kept.from_json(self.read())

    def _keep(self, kept: Kept) -> None:
        if kept == Kept():
            self.remove()
        else:
            self.write(kept.to_json())


class MemoryStore(TextStore):
    """Keeps the session as long as the process: where no keychain exists and no file is wanted."""

    kind = SessionStore.MEMORY

    def __init__(self, session: StoredSession | None = None) -> None:
        self._text = None if session is None else Kept(session).to_json()

    def state(self) -> KeychainState:
        """Memory is always there."""
        return KeychainState.OK

    def read(self) -> str | None:
        """Give what this process wrote."""
        return self._text

    def write(self, text: str) -> None:
        """Keep it until the process ends."""
        self._text = text

    def remove(self) -> None:
        """Forget it."""
        self._text = None


def choose_store(
    account: Account, locations: Locations, *, may_prompt: bool = False, isolated: bool = False
) -> TextStore:
    """Give the user's choice: the keychain, or the file they agreed to.

    `may_prompt`: the keychain may ask the user to unlock it; False for whatever runs in the background.
    `isolated`: ask it in a process of its own, which a program that runs for months gives back at once.
    """
    consented = Preferences.load(locations).plaintext_credentials
    kind = SessionStore.FILE if consented else SessionStore.KEYCHAIN
    return open_store(kind, account, locations, may_prompt=may_prompt, isolated=isolated)


def open_store(
    kind: SessionStore,
    account: Account,
    locations: Locations,
    *,
    may_prompt: bool = False,
    isolated: bool = False,
) -> TextStore:
    """Give one place of an account, whatever the user prefers now. What is stored there is noted."""
    from hivesync.credentials.noted import NotedStore

    place: TextStore
    lock_path = account.lock_path(locations.state)
    if kind is SessionStore.FILE:
        from hivesync.credentials.plaintext import PlaintextStore

        place = PlaintextStore(account.plaintext_path(locations.state))
    elif isolated:
        from hivesync.credentials.isolated import IsolatedKeychain

        place = IsolatedKeychain(account, lock_path)
    else:
        from hivesync.credentials.keychain import Keychain

        place = Keychain(account, may_prompt=may_prompt, lock_path=lock_path)
    return NotedStore(place, account, locations.state)
