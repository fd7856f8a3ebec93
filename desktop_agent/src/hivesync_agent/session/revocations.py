"""Tells the backend of sessions that were ended here, for as long as that takes, across restarts.

The tokens wait in the credential store; this room keeps none.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Awaitable, Callable, Sequence

from hivesync.credentials.drivers import drive_async
from hivesync.credentials.sign_out import SignOut
from hivesync.credentials.steps import Answer, Post
from hivesync_contract.errors import HiveSyncError

PAUSES_SECONDS = (5.0, 15.0, 60.0)
"""Between two attempts; the last one is kept up."""
_log = logging.getLogger("hivesync.session")


class Revocations:
    """`waiting`: how many sessions, as far as is known, the backend has yet to be told of."""

    def __init__(
        self,
        sign_out: SignOut,
        post: Callable[[Post], Awaitable[Answer]],
        pauses_seconds: Sequence[float] = PAUSES_SECONDS,
    ) -> None:
        self._sign_out = sign_out
        self._post = post
        self._pauses_seconds = pauses_seconds
        self._asked = asyncio.Event()
        self._settling = asyncio.Lock()
        self.waiting = 0

    async def run(self) -> None:
        """Settle what an earlier run has left, then whatever comes, until cancelled."""
        while True:
            self._asked.clear()
            for pause in itertools.chain(self._pauses_seconds, itertools.repeat(self._pauses_seconds[-1])):
                if await self._settle():
                    break
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._asked.wait()
                self._asked.clear()
            await self._asked.wait()

    def wake(self) -> None:
        """Look at once: something may have ended."""
        self._asked.set()

    async def settle_within(self, seconds: float) -> None:
        """Tell the backend now; what it could not be told in this time goes on in the background."""
        done = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                done = await self._settle()
        if not done:
            self.wake()

    async def _settle(self) -> bool:
        try:
            async with self._settling:  # two at once would both tell the backend of each session
                self.waiting = await drive_async(self._sign_out.settle(), self._post)
        except HiveSyncError as error:
            # Most often a locked keychain, which will tell later.
            _log.warning("sessions not revoked yet", extra={"reason": error.detail})
            return False
        return self.waiting == 0
