"""Who the signed-in user is, asked once per session and kept while it lasts."""

from __future__ import annotations

import asyncio

from hivesync_contract.errors import HiveSyncError
from hivesync_contract.identity import User

from hivesync_agent.session.protocol import SessionAccess
from hivesync_agent.upstream import Upstream

ANSWER_SECONDS = 3.0
"""Longest that a status question waits for the backend; the answer then comes with the next question."""


class Profile:
    """Answers who is signed in; offline it says what it knew."""

    def __init__(self, upstream: Upstream, access: SessionAccess) -> None:
        self._upstream = upstream
        self._access = access
        self._user: User | None = None
        self._session = 0
        """Counts the sessions: an answer may come when its own is over."""

    async def user(self) -> User | None:
        """Give the user, or None while nobody is signed in or the backend can't say."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._access.access_token()
                while self._user is None:
                    asked_in = self._session
                    user = await self._upstream.call("GET", "/auth/me", decode=User)
                    if asked_in == self._session:  # else it may be the earlier user
                        self._user = user
        except (HiveSyncError, TimeoutError):
            # Not signed in, or not reachable: the state itself is told beside it.
            pass
        return self._user if self._access.signed_in else None

    def forget(self) -> None:
        """Ask again: the session has changed."""
        self._user = None
        self._session += 1
