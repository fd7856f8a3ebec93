"""Renew a session without losing it to another process.

The rule: take the lock, re-read the store, refresh, write, read back; and never erase what another
process has just replaced. The access token is stored too: whoever waited for the lock finds it there, so
fifty processes at once, the agent among them, cost one refresh.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync.credentials.errors import SignedOut
from hivesync.credentials.lock import FileLock
from hivesync.credentials.session import StoredSession
from hivesync.credentials.steps import Answer, Blocking, Flow, Post, acquire
from hivesync.credentials.store import CredentialStore

REFRESH_PATH = "/api/v1/auth/refresh"
_ENDED = {ErrorCode.AUTH_INVALID, ErrorCode.AUTH_EXPIRED, ErrorCode.AUTH_REQUIRED}


@dataclass(frozen=True, slots=True)
class Renewed:
    """A usable access token, and the session as it is now stored. `from_store`: no request was needed."""

    access_token: str = field(repr=False)
    access_expires_at: float
    session: StoredSession
    from_store: bool = False


class RefreshFailed(HiveSyncError):
    """The backend answered a refresh with something else than tokens; the session is kept."""

    code = ErrorCode.UPSTREAM_UNREACHABLE
    retryable = True


@dataclass(frozen=True, slots=True)
class Refresher:
    """Settings of the flow."""

    store: CredentialStore
    lock_path: Path
    lock_deadline_seconds: float = 30.0
    clock: Callable[[], float] = time.time

    def stored(self) -> Renewed | None:
        """Give the stored access token if it lasts; raise what the store raises. Blocks, without the lock."""
        session = self.store.load()
        return None if session is None else self._usable(session)

    def renew(self, *, refused: str | None = None) -> Flow[Renewed]:
        """Give a usable access token.

        Raises `SignedOut`, `RefreshFailed`, `LockTimeout`, or what the store raises.

        `refused`: an access token the backend has just refused, so a stored copy is not used again.
        """
        lock = FileLock(self.lock_path)
        try:
            yield from acquire(lock, self.lock_deadline_seconds)
            session = yield Blocking(self.store.load)
            if session is None:
                raise SignedOut("You are not signed in; run `hivesync login`.")
            stored = self._usable(session)
            if stored and stored.access_token != refused:
                return stored
            return (yield from self._exchange(session))
        finally:
            lock.release()

    def _usable(self, session: StoredSession) -> Renewed | None:
        token = session.usable_access_token(self.clock())
        return Renewed(token, session.access_expires_at, session, from_store=True) if token else None

    def _exchange(self, session: StoredSession) -> Flow[Renewed]:
        body = json.dumps({"refresh_token": session.refresh_token}).encode()
        answer: Answer = yield Post(REFRESH_PATH, body)
        if has_ended(answer):
            yield from self._forget(session)
            raise SignedOut("The session has ended; run `hivesync login`.")
        access_token, expires_in, refresh_token = _tokens(answer)
        now = self.clock()
        fresh = replace(
            session,
            refresh_token=refresh_token,
            saved_at=now,
            access_token=access_token,
            access_expires_at=now + expires_in,
        )
        yield Blocking(lambda: self.store.save(fresh))
        return Renewed(access_token, now + expires_in, fresh)

    def _forget(self, refused: StoredSession) -> Flow[None]:
        """Erase the refused session, unless something else is stored by now (a sign-in holds no lock)."""
        current = yield Blocking(self.store.load)
        if current is not None and current.refresh_token == refused.refresh_token:
            yield Blocking(self.store.erase)


def has_ended(answer: Answer) -> bool:
    """Tell whether the backend itself refused: a proxy's bare 401 or 403 must not sign anybody out."""
    if answer.status != 401:
        return False
    try:
        return json.loads(answer.body).get("code") in _ENDED
    except (ValueError, AttributeError):
        return False


def _tokens(answer: Answer) -> tuple[str, float, str]:
    try:
        data = json.loads(answer.body) if answer.status == 200 else None
        values = data["access_token"], float(data["expires_in"]), data["refresh_token"]  # type: ignore[index]
    except (ValueError, KeyError, TypeError):
        raise RefreshFailed(f"The backend answered a refresh with status {answer.status}.") from None
    if not (isinstance(values[0], str) and isinstance(values[2], str)):
        raise RefreshFailed("The backend answered a refresh with malformed tokens.")
    return values
