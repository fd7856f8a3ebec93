"""Sends what waits, in order, one at a time, as soon as the backend is back.

Refuses to guess: a change is done when the backend says so, comes back when the backend refuses it, and
otherwise waits. Being killed at any point repeats a request under the same key, which the backend does once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from hivesync.credentials.errors import SignedOut
from hivesync_contract.errors import STATUS_OF, ErrorCode, HiveSyncError, Problem

from hivesync_agent.offline.entry import Entry
from hivesync_agent.offline.journal import OperationJournal
from hivesync_agent.offline.owner import SignedIn, TokenOwner
from hivesync_agent.offline.sender import Sender
from hivesync_agent.offline.verdict import Outcome, Verdict

KEY_SECONDS = 29 * 24 * 3600.0
"""The backend knows a key for 30 days; one day is left for clocks that differ."""

FAILURES = 8
"""So often an answer that should not be (a 500, a proxy's page) is taken for one that may pass."""

_log = logging.getLogger("hivesync.offline")


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long to wait after a try in vain: doubled each time, and spread lest all agents come at once."""

    first_seconds: float = 0.5
    longest_seconds: float = 15.0

    def after(self, tries: int) -> float:
        """Give the pause after so many tries in a row."""
        pause = min(self.first_seconds * 2.0 ** min(tries - 1, 16), self.longest_seconds)
        return pause * random.uniform(0.6, 1.0)  # noqa: S311 - spreads load, hides nothing


class Replay:
    """One background task; it alone takes changes out of the journal."""

    def __init__(
        self,
        *,
        journal: OperationJournal,
        owner: TokenOwner,
        sender: Sender,
        until_running: Callable[[], Awaitable[None]],
        pauses: Pauses = Pauses(),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._journal = journal
        self._owner = owner
        self._sender = sender
        self._until_running = until_running
        self._pauses = pauses
        self._clock = clock
        self._woken = asyncio.Event()
        self._tries = 0
        self._failures = 0

    def wake(self) -> None:
        """Try again at once: the backend answered somebody, or the session has changed."""
        self._tries = 0
        self._woken.set()
        self._journal.filled.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            await self._until_running()
            self._woken.clear()
            self._journal.filled.clear()
            pause = await self._send_all()
            self._journal.rest()
            await self._rest(pause)

    async def _send_all(self) -> float | None:
        """Send until nothing waits (None), or until a pause is due; give its seconds."""
        try:
            while True:
                signed_in = await self._owner.verify()
                entry = self._journal.next_of(signed_in.user_id)
                if entry is None:
                    return None
                pause = await self._advance(entry, signed_in)
                if pause is not None:
                    return pause
                self._tries = self._failures = 0
                await self._until_running()
        except SignedOut:
            return None
        except HiveSyncError as error:
            _log.info("operations wait", extra={"reason": error.code})
            return self._back_off() if self._journal.waiting() else None

    async def _advance(self, entry: Entry, signed_in: SignedIn) -> float | None:
        """Bring the oldest change to its end (None), or give the seconds of a pause that is due first."""
        reason = self._reason_to_ask(entry)
        if reason is not None:
            await self._journal.come_back(entry, reason)
            return None
        outcome = await self._sender.send(entry, signed_in)
        self._failures += outcome.verdict is Verdict.FAILED
        if outcome.verdict is Verdict.DONE:
            await self._journal.done(entry)
            return None
        if outcome.verdict is Verdict.REFUSED or self._failures >= FAILURES:
            await self._journal.come_back(entry, *await self._both_sides(entry, signed_in, outcome))
            return None
        if outcome.verdict is Verdict.SIGNED_OUT:
            await self._owner.replace(signed_in)
        pause = self._back_off()
        return pause if outcome.wait_seconds is None else outcome.wait_seconds

    def _reason_to_ask(self, entry: Entry) -> Problem | None:
        """Give why the user must decide about a change before it is sent; None if it can go."""
        if self._clock() - entry.accepted_at > KEY_SECONDS:
            return _conflict("This change is so old that HiveSync can't tell whether it was made already.")
        if self._journal.refused_before(entry) is not None:
            return _conflict(
                "An earlier change of the same thing was refused, and this one was made after it."
            )
        return None

    async def _both_sides(
        self, entry: Entry, signed_in: SignedIn, outcome: Outcome
    ) -> tuple[Problem, object | None]:
        problem = outcome.problem
        if problem is None:
            raise RuntimeError("a refusal comes with its reason")
        is_outdated = problem.status in (409, 412) and entry.method != "POST"
        return problem, await self._sender.look(entry, signed_in) if is_outdated else None

    def _back_off(self) -> float:
        self._tries += 1
        return self._pauses.after(self._tries)

    async def _rest(self, pause: float | None) -> None:
        if pause is None:
            await self._journal.filled.wait()
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._woken.wait()


def _conflict(detail: str) -> Problem:
    status = STATUS_OF[ErrorCode.CONFLICT]
    return Problem(HTTPStatus(status).phrase, status, ErrorCode.CONFLICT, detail)
