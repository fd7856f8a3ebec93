"""Starting and ending a session. One device-code sign-in waits at a time; the newest one wins."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec
from hivesync.credentials.drivers import drive_async, to_its_end
from hivesync.credentials.lock import FileLock
from hivesync.credentials.session import StoredSession, new_session
from hivesync.credentials.sign_out import SignOut, logout
from hivesync.credentials.steps import Answer, Post
from hivesync_contract.errors import HiveSyncError
from hivesync_contract.identity import DeviceCode, LoginRequest, TokenPair, User
from hivesync_contract.local_api import LoginPending

from hivesync_agent.session.access import AccessToken
from hivesync_agent.session.device_flow import DeviceFlow
from hivesync_agent.session.revocations import Revocations
from hivesync_agent.session.vault import Vault
from hivesync_agent.tasks import BackgroundTasks
from hivesync_agent.upstream import Upstream, UpstreamProblem, UpstreamUnreachable, decode_answer

REVOKE_SECONDS = 3.0
"""Longest that a sign-out, or the agent's end, waits for the backend."""


class TokenHolder(Protocol):
    """Uses the token of a new session, and forgets that of an ended one."""

    def adopt(self, token: AccessToken) -> None: ...

    def drop(self, reason: str) -> None: ...


class SignIn:
    """Signs in and out, and knows about a sign-in under way."""

    def __init__(
        self,
        *,
        upstream: Upstream,
        post: Callable[[Post], Awaitable[Answer]],
        vault: Vault,
        sign_out: SignOut,
        revocations: Revocations,
        tokens: TokenHolder,
        tasks: BackgroundTasks,
        device_flow: DeviceFlow,
    ) -> None:
        self._upstream = upstream
        self._post = post
        self._vault = vault
        self._sign_out = sign_out
        self._revocations = revocations
        self._tokens = tokens
        self._tasks = tasks
        self._device_flow = device_flow
        self._waiting: asyncio.Task[None] | None = None
        self._changing = asyncio.Lock()
        self.pending: LoginPending | None = None
        self.error: str | None = None

    async def with_password(self, login: str, password: str) -> None:
        """Sign in without a browser. Raises `UpstreamProblem` for a wrong password."""
        body = msgspec.json.encode(LoginRequest(login=login, password=password))
        status, answer = await self._upstream.exchange("POST", "/auth/login", body, None)
        pair = decode_answer(status, answer, TokenPair)
        await self._forget_pending()
        await to_its_end(self._begin(pair))

    async def with_device_code(self) -> LoginPending:
        """Ask for a code and start waiting for the user; an earlier wait ends."""
        code = await self._device_flow.start()
        await self._forget_pending()
        self.pending = LoginPending(
            code.user_code, code.verification_uri, code.verification_uri_complete, code.expires_in
        )
        self._waiting = self._tasks.spawn("device-sign-in", self._wait_for(code))
        return self.pending

    async def sign_out(self) -> None:
        """Forget the session here at once, and revoke it at the backend as soon as that can be reached."""
        await self._forget_pending()
        async with self._changing:
            if await drive_async(self._sign_out.end(), self._post):
                self._revocations.waiting += 1
            self._tokens.drop("signed out")
        await self._revocations.settle_within(REVOKE_SECONDS)

    async def leave(self) -> None:
        """End a session that this process alone holds, since nobody could end it later."""
        if self._vault.end_in_memory():
            await self._revocations.settle_within(REVOKE_SECONDS)

    async def _wait_for(self, code: DeviceCode) -> None:
        try:
            pair = await self._device_flow.wait(code)
            await to_its_end(self._begin(pair))
        except HiveSyncError as error:
            self.error = error.detail
        self.pending = None

    async def _forget_pending(self) -> None:
        """End the wait for a user. One who has just approved is signed in first, for what comes to find."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.cancel()
            await asyncio.wait([waiting])
        self.pending = None
        self.error = None

    async def _begin(self, pair: TokenPair) -> None:
        user_id = await self._user_id(pair.access_token)
        session = new_session(pair.refresh_token, user_id, pair.access_token, pair.expires_in)
        async with self._changing:
            try:
                await asyncio.to_thread(self._keep, session)
            except (HiveSyncError, OSError):
                # Kept nowhere, it would live on at the backend, and nobody could end it.
                with contextlib.suppress(HiveSyncError):
                    await self._post(logout(pair.refresh_token))
                raise
            expires_at = time.time() + pair.expires_in
            self._tokens.adopt(AccessToken.of(pair.access_token, expires_at, user_id))
        self._revocations.wake()  # the session that this one replaces has ended

    async def _user_id(self, access_token: str) -> str:
        try:
            status, answer = await self._upstream.exchange("GET", "/auth/me", None, access_token)
            return decode_answer(status, answer, User).id
        except (UpstreamProblem, UpstreamUnreachable):
            return ""  # kept for people who look into the store; nothing depends on it

    def _keep(self, session: StoredSession) -> None:
        with FileLock(self._sign_out.lock_path).hold(self._sign_out.lock_deadline_seconds):
            self._vault.begin(session)
