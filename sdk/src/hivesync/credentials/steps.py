"""What a flow asks its driver to do. A flow does no I/O, so agent (aiohttp) and SDK (httpx) share it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hivesync.credentials.lock import POLL_SECONDS, FileLock, lock_timeout


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


Result = TypeVar("Result")
Step = Post | Blocking | Pause
Flow = Generator[Step, Any, Result]


def acquire(lock: FileLock, deadline_seconds: float) -> Flow[None]:
    """Take the lock, or raise `LockTimeout`. Whoever asks gives it back."""
    waited = 0.0
    while not (yield Blocking(lock.try_acquire)):
        if waited >= deadline_seconds:
            raise lock_timeout()
        yield Pause(POLL_SECONDS)
        waited += POLL_SECONDS
