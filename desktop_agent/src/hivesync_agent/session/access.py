"""Access tokens: held in memory, and renewed once for everybody who waits.

A refresh that fails for any reason but the backend's own refusal leaves the user signed in: being
offline is not being signed out.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from hivesync.credentials.drivers import drive_async
from hivesync.credentials.errors import SignedOut
from hivesync.credentials.refresh import Refresher
from hivesync.credentials.session import MARGIN_SECONDS
from hivesync.credentials.steps import Answer, Post

from hivesync_agent.session.subject import subject_of

RENEW_AHEAD_SECONDS = MARGIN_SECONDS
"""With less than this left, a token is still used and a new one is fetched beside it."""

_SPENT_SECONDS = 5.0
"""With less than this left, a token might end on its way to the backend."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token, when it ends in seconds since 1970, and whose it is; None if nobody knows."""

    value: str = field(repr=False)
    expires_at: float
    user_id: str | None

    @classmethod
    def of(cls, value: str, expires_at: float, stored_user_id: str) -> AccessToken:
        """Give a token that was stored or answered; what it says of its user itself goes first."""
        return cls(value, expires_at, subject_of(value) or stored_user_id or None)


class AccessTokens:
    """Gives the session's access token; implements the upstream's `Credentials`.

    `changed(signed_in, reason)` is told when a session is found, has become another user's, or has ended.
    """

    def __init__(
        self,
        refresher: Refresher,
        post: Callable[[Post], Awaitable[Answer]],
        changed: Callable[[bool, str], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._refresher = refresher
        self._post = post
        self._changed = changed
        self._clock = clock
        self._token: AccessToken | None = None
        self._refused: str | None = None
        self._renewal: asyncio.Task[str] | None = None
        self._generation = 0
        self.signed_in = False
        self.user_id: str | None = None
        """Whose token was had last in this session."""
        self.ended: str | None = None

    def current(self) -> str | None:
        """Give the token if it needs no waiting; the relay's fast path."""
        token = self._token
        if token is None:
            return None
        left = token.expires_at - self._clock()
        if left <= _SPENT_SECONDS:
            return None
        if left <= RENEW_AHEAD_SECONDS:
            self._start_renewal(None)
        return token.value

    async def access_token(self) -> str:
        """Give a usable token, or raise `SignedOut`, or why it can't be had now.

        A signed-out agent reads the store again: the command line may have signed in meanwhile.
        """
        return self.current() or await self._renewed(self._refused)

    async def replace_token(self, refused: str) -> str:
        """Give another token than the one the backend has just refused."""
        current = self.current()
        if current is not None and current != refused:
            return current
        return await self._renewed(refused)

    def discard(self, refused: str) -> None:
        """Do not give a token out again that the backend has refused; whoever asks next waits for another."""
        if self._token is not None and self._token.value == refused:
            # Remembered: the store has it, too.
            self._token, self._refused = None, refused

    def adopt(self, token: AccessToken) -> None:
        """Use the token of a new sign-in."""
        self._generation += 1
        self._token, self.user_id = token, token.user_id
        self._begin("signed in")  # even if somebody else was signed in before

    def drop(self, reason: str) -> None:
        """Forget the token: the user has signed out, or the backend has ended the session."""
        self._generation += 1
        self._end(reason)

    async def _renewed(self, refused: str | None) -> str:
        # Shielded: a caller that leaves must not break the refresh the others wait for.
        began_before = self._renewal is not None
        try:
            return await asyncio.shield(self._start_renewal(refused))
        except SignedOut:
            if not began_before:
                raise
        # It had read the store before this caller came, who may have signed in meanwhile.
        return await asyncio.shield(self._start_renewal(refused))

    def _start_renewal(self, refused: str | None) -> asyncio.Task[str]:
        if self._renewal is None:
            self._renewal = asyncio.create_task(self._renew(refused), name="session-refresh")
            self._renewal.add_done_callback(self._renewal_done)
        return self._renewal

    def _renewal_done(self, task: asyncio.Task[str]) -> None:
        self._renewal = None
        if not task.cancelled():
            task.exception()  # told to whoever waits; ahead of time nobody does

    async def _renew(self, refused: str | None) -> str:
        generation = self._generation
        try:
            renewed = await drive_async(self._refresher.renew(refused=refused), self._post)
        except SignedOut as error:
            if generation == self._generation:
                self._end(error.detail)
            raise
        if generation != self._generation:
            # Signed in anew, or out, while this was on its way: that decision stands.
            return self.current() or _raise_signed_out()
        self._found(AccessToken.of(renewed.access_token, renewed.access_expires_at, renewed.session.user_id))
        return renewed.access_token

    def _found(self, token: AccessToken) -> None:
        """Use what was in the store. Another process may have put somebody else's session there, so whoever
        can't be told to be the same user is another one: nobody gets what an earlier user was answered.
        """
        is_same_user = token.user_id is not None and token.user_id == self.user_id
        self._token, self.user_id = token, token.user_id
        if not self.signed_in:
            self._begin("session found")
        elif not is_same_user:
            self._begin("another session found")

    def _begin(self, reason: str) -> None:
        self.signed_in, self.ended = True, None
        self._changed(True, reason)

    def _end(self, reason: str) -> None:
        self._token = self.user_id = None
        if self.signed_in:
            self.signed_in, self.ended = False, reason
            self._changed(False, reason)


def _raise_signed_out() -> str:
    raise SignedOut("You are not signed in; run `hivesync login`.")


class ApiKey:
    """`HIVESYNC_TOKEN`, which wins over every session; implements `Credentials`. Nothing renews it."""

    signed_in = True
    ended: str | None = None

    def __init__(self, key: str) -> None:
        self._key = key

    def current(self) -> str | None:
        """Give the key."""
        return self._key

    async def access_token(self) -> str:
        """Give the key."""
        return self._key

    def discard(self, refused: str) -> None:
        """Keep it: there is no other, and its refusal is the backend's to explain."""

    async def replace_token(self, refused: str) -> str:
        """Raise: there is no other."""
        raise SignedOut("The backend refused the API key in HIVESYNC_TOKEN; set another one.")
