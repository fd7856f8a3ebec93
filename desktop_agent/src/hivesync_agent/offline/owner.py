"""Whose a change is. What is sent goes out under a token whose user the backend itself has named.

The session may change without a word to this process, so nothing is sent on the strength of a name that was
heard earlier: one user's changes must never be made in another's name.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from hivesync.credentials.errors import SignedOut
from hivesync.credentials.session import StoredSession
from hivesync_contract.errors import HiveSyncError
from hivesync_contract.identity import User

from hivesync_agent.session.protocol import SessionAccess
from hivesync_agent.upstream import Upstream, UpstreamUnreachable, decode_answer


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A token and its user."""

    token: str = field(repr=False)
    user_id: str


class TokenOwner:
    """Answers who the current session's user is, online and offline."""

    def __init__(
        self,
        upstream: Upstream,
        access: SessionAccess,
        stored: Callable[[], Awaitable[StoredSession | None]],
    ) -> None:
        self._upstream = upstream
        self._access = access
        self._stored = stored
        self._verified: SignedIn | None = None

    @property
    def known(self) -> str | None:
        """Give the user that was last heard of since the session changed."""
        return self._verified.user_id if self._verified else None

    def forget(self) -> None:
        """Ask anew: the session has changed."""
        self._verified = None

    async def current(self) -> str | None:
        """Give the signed-in user, also offline; None if that can't be told."""
        with contextlib.suppress(HiveSyncError):
            try:
                return await self.required()
            except UpstreamUnreachable:
                return (await self.verify()).user_id  # of a session that is so new that nobody has asked yet
        return None

    async def required(self) -> str:
        """Give the user of the token in use, else of the stored session, else who was last heard of.

        Raises `SignedOut`, or `UpstreamUnreachable` when it takes the backend to tell.
        """
        token = self._access.current()
        if token is not None and self._verified is not None and self._verified.token == token:
            return self._verified.user_id
        user_id = await self._stored_user(token) or self.known
        if user_id is None:
            raise UpstreamUnreachable(
                "HiveSync can't be reached, and it isn't known yet for which account to keep this change."
            )
        return user_id

    async def verify(self) -> SignedIn:
        """Give a token and its user; raise `SignedOut`, `UpstreamUnreachable` or `UpstreamProblem`."""
        token = await self._access.access_token()
        if self._verified is None or self._verified.token != token:
            owned = await self._ask(token)
            if self._access.current() not in (None, owned.token):
                return owned  # of a session that is over by now
            self._verified = owned
        return self._verified

    async def replace(self, refused: SignedIn) -> None:
        """Get another token for one that the backend has refused; raise as `verify` does."""
        await self._access.replace_token(refused.token)

    async def _stored_user(self, token: str | None) -> str | None:
        try:
            session = await self._stored()
        except HiveSyncError:
            return None  # a locked keychain says nothing about who is signed in
        if session is None and token is None:
            raise SignedOut("You are not signed in; run `hivesync login`.")
        return session.user_id if session else None

    async def _ask(self, token: str) -> SignedIn:
        status, answer = await self._upstream.exchange("GET", "/auth/me", None, token)
        if status == 401:
            token = await self._access.replace_token(token)
            status, answer = await self._upstream.exchange("GET", "/auth/me", None, token)
        return SignedIn(token, decode_answer(status, answer, User).id)
