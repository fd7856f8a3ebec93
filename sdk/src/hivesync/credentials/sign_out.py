"""End a session: here at once, and at the backend for certain, however long that is away.

The token waits in the store until the backend has been told, never in a file of its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from hivesync_contract.errors import HiveSyncError

from hivesync.credentials.lock import FileLock
from hivesync.credentials.refresh import has_ended
from hivesync.credentials.steps import Answer, Blocking, Flow, Post, acquire
from hivesync.credentials.store import CredentialStore

LOGOUT_PATH = "/api/v1/auth/logout"


@dataclass(frozen=True, slots=True)
class Ending:
    """What a sign-out did. `waiting`: sessions that the backend, being away, has yet to be told of."""

    was_signed_in: bool
    waiting: int


@dataclass(frozen=True, slots=True)
class SignOut:
    """Settings of the flows."""

    store: CredentialStore
    lock_path: Path
    lock_deadline_seconds: float = 30.0

    def end(self) -> Flow[bool]:
        """Forget the session here; False if there was none. Raises `LockTimeout`, or what the store raises.

        Under the lock, so a refresh that is on its way can't put a session back afterwards.
        """
        lock = FileLock(self.lock_path)
        try:
            yield from acquire(lock, self.lock_deadline_seconds)
            signed_in: bool = yield Blocking(self.store.end)
            return signed_in
        finally:
            lock.release()

    def settle(self) -> Flow[int]:
        """Tell the backend of each session that has ended here; give how many it could not be told of.

        Raises what the store raises.
        """
        waiting: tuple[str, ...] = yield Blocking(self.store.ended)
        for told, token in enumerate(waiting):
            try:
                answer: Answer = yield logout(token)
            except HiveSyncError:
                return len(waiting) - told
            if not _is_told(answer):
                return len(waiting) - told
            yield from self._forget(token)
        return 0

    def _forget(self, token: str) -> Flow[None]:
        lock = FileLock(self.lock_path)
        try:
            yield from acquire(lock, self.lock_deadline_seconds)
            yield Blocking(lambda: self.store.forget_ended(token))
        finally:
            lock.release()


def logout(refresh_token: str) -> Post:
    """Give the call that ends a session at the backend."""
    return Post(LOGOUT_PATH, json.dumps({"refresh_token": refresh_token}).encode())


def _is_told(answer: Answer) -> bool:
    """Tell whether the backend itself has answered: a hotel's welcome page has ended no session."""
    return answer.status == 204 or has_ended(answer)
