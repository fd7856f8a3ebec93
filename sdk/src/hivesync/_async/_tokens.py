"""The access token for direct calls: an API key, or the shared session of this machine."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from hivesync._async._concurrency import Lock, drive_async, run_blocking
from hivesync.credentials.errors import KeychainMissing, SignedOut
from hivesync.credentials.refresh import Refresher, Renewed
from hivesync.credentials.steps import Answer, Post


class TokenSource:
    """Gives a token that still lasts; one renewal at a time within a process, one between processes."""

    def __init__(
        self,
        api_key: str | None,
        refresher: Refresher,
        post: Callable[[Post], Awaitable[Answer]],
        ask_agent: Callable[[], Awaitable[None]],
    ) -> None:
        self._api_key = api_key
        self._refresher = refresher
        self._post = post
        self._ask_agent = ask_agent
        self._lock = Lock()
        self._renewed: Renewed | None = None

    @property
    def is_renewable(self) -> bool:
        """An API key that was refused stays refused."""
        return self._api_key is None

    async def get(self, *, refused: str | None = None) -> str:
        """Give a token other than `refused`; raise `SignedOut` or what the keychain raises."""
        return self._api_key or (await self.of_session(refused=refused)).access_token

    async def of_session(self, *, refused: str | None = None) -> Renewed:
        """Give the session's token with its end; raise likewise."""
        async with self._lock:
            held = self._renewed
            if held is None or held.session.usable_access_token(time.time()) in (None, refused):
                held = self._renewed = await self._renew(refused)
            return held

    async def _renew(self, refused: str | None) -> Renewed:
        try:
            if refused is None and (stored := await run_blocking(self._refresher.stored)):
                return stored
            await self._ask_agent()  # while one runs it alone renews, and what it gets is stored
            return await drive_async(self._refresher.renew(refused=refused), self._post)
        except KeychainMissing as exc:
            raise SignedOut(
                "You are not signed in, and this machine has no keychain: `hivesync login` starts the agent."
            ) from exc

    async def are_at_hand(self) -> bool:
        """Tell whether there is an API key or a session; raise what the keychain raises."""
        try:
            return self._api_key is not None or await run_blocking(self._refresher.store.load) is not None
        except KeychainMissing:
            return False

    def forget(self) -> None:
        """Drop what is held in memory, after a sign-in or sign-out."""
        self._renewed = None
