"""Renew a session without losing it to another process. Does no I/O: it tells its driver what to do.

The rule: take the lock, re-read the store, refresh, write, read back; and never erase what another
process has just replaced. The agent (aiohttp) and both SDK clients (httpx) drive the same flow.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync.credentials.errors import SignedOut
from hivesync.credentials.lock import POLL_SECONDS, FileLock, lock_timeout
from hivesync.credentials.session import StoredSession
from hivesync.credentials.store import CredentialStore

REFRESH_PATH = "/api/v1/auth/refresh"
_ENDED = {ErrorCode.AUTH_INVALID, ErrorCode.AUTH_EXPIRED, ErrorCode.AUTH_REQUIRED}


@dataclass(frozen=True, slots=True)
class Post:
    """Send this JSON by POST to the account's origin, without following redirects; answer `Answer`."""

    path: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Blocking:
    """Run this call where blocking is allowed; answer its result, or throw its error into the flow."""

    call: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait this long; answer None."""

    seconds: float


Step = Post | Blocking | Pause
RefreshFlow = Generator[Step, Any, "Renewed"]


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
    """Settings of the flow. `keep_access_token` stores it for the next process; the agent does not."""

    store: CredentialStore
    lock_path: Path
    keep_access_token: bool = False
    lock_deadline_seconds: float = 30.0
    clock: Callable[[], float] = time.time

    def renew(self, *, refused: str | None = None) -> RefreshFlow:
        """Give a usable access token.

        Raises `SignedOut`, `RefreshFailed`, `LockTimeout`, or what the store raises.

        `refused`: an access token the backend has just refused, so a stored copy is not used again.
        """
        lock = FileLock(self.lock_path)
        try:
            yield from self._acquire(lock)
            session = yield Blocking(self.store.load)
            if session is None:
                raise SignedOut("You are not signed in; run `hivesync login`.")
            stored = session.usable_access_token(self.clock())
            if stored and stored != refused:
                return Renewed(stored, session.access_expires_at, session, from_store=True)
            return (yield from self._exchange(session))
        finally:
            lock.release()

    def _acquire(self, lock: FileLock) -> Generator[Step, Any, None]:
        waited = 0.0
        while not (yield Blocking(lock.try_acquire)):
            if waited >= self.lock_deadline_seconds:
                raise lock_timeout()
            yield Pause(POLL_SECONDS)
            waited += POLL_SECONDS

    def _exchange(self, session: StoredSession) -> RefreshFlow:
        body = json.dumps({"refresh_token": session.refresh_token}).encode()
        answer: Answer = yield Post(REFRESH_PATH, body)
        if _has_ended(answer):
            yield from self._forget(session)
            raise SignedOut("The session has ended; run `hivesync login`.")
        access_token, expires_in, refresh_token = _tokens(answer)
        now = self.clock()
        fresh = replace(session.without_access_token(), refresh_token=refresh_token, saved_at=now)
        if self.keep_access_token:
            fresh = replace(fresh, access_token=access_token, access_expires_at=now + expires_in)
        yield Blocking(lambda: self.store.save(fresh))
        return Renewed(access_token, now + expires_in, fresh)

    def _forget(self, refused: StoredSession) -> Generator[Step, Any, None]:
        """Erase the refused session, unless something else is stored by now (a sign-in holds no lock)."""
        current = yield Blocking(self.store.load)
        if current is not None and current.refresh_token == refused.refresh_token:
            yield Blocking(self.store.erase)


def _has_ended(answer: Answer) -> bool:
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
