"""Starting and ending a session. One device-code sign-in waits at a time; the newest one wins."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path
from typing import Protocol

import msgspec
from hivesync.credentials.lock import FileLock
from hivesync.credentials.session import StoredSession, new_session
from hivesync_contract.errors import HiveSyncError
from hivesync_contract.identity import DeviceCode, LoginRequest, RefreshRequest, TokenPair, User
from hivesync_contract.local_api import LoginPending

from hivesync_agent.session.access import AccessToken
from hivesync_agent.session.device_flow import DeviceFlow
from hivesync_agent.session.vault import Vault
from hivesync_agent.tasks import BackgroundTasks
from hivesync_agent.upstream import Upstream, UpstreamProblem, UpstreamUnreachable, decode_answer

_LOCK_SECONDS = 30.0
_REVOKE_PAUSES_SECONDS = (5, 30, 120, 600, 3600)
_log = logging.getLogger("hivesync.session")


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
        vault: Vault,
        lock_path: Path,
        tokens: TokenHolder,
        tasks: BackgroundTasks,
        device_flow: DeviceFlow,
    ) -> None:
        self._upstream = upstream
        self._vault = vault
        self._lock_path = lock_path
        self._tokens = tokens
        self._tasks = tasks
        self._device_flow = device_flow
        self._waiting: asyncio.Task[None] | None = None
        self.pending: LoginPending | None = None
        self.error: str | None = None

    async def with_password(self, login: str, password: str) -> None:
        """Sign in without a browser. Raises `UpstreamProblem` for a wrong password."""
        body = msgspec.json.encode(LoginRequest(login=login, password=password))
        status, answer = await self._upstream.exchange("POST", "/auth/login", body, None)
        pair = decode_answer(status, answer, TokenPair)
        self._forget_pending()
        await self._begin(pair)

    async def with_device_code(self) -> LoginPending:
        """Ask for a code and start waiting for the user; an earlier wait ends."""
        code = await self._device_flow.start()
        self._forget_pending()
        self.pending = LoginPending(
            code.user_code, code.verification_uri, code.verification_uri_complete, code.expires_in
        )
        self._waiting = self._tasks.spawn("device-sign-in", self._wait_for(code))
        return self.pending

    async def sign_out(self) -> None:
        """Forget the session here at once, and revoke it at the backend as soon as that can be reached."""
        self._forget_pending()
        session = await asyncio.to_thread(self._take)
        self._tokens.drop("signed out")
        if session is not None:
            self._tasks.spawn("session-revoke", self._revoke(session.refresh_token))

    async def _wait_for(self, code: DeviceCode) -> None:
        try:
            pair = await self._device_flow.wait(code)
            await self._begin(pair)
        except HiveSyncError as error:
            self.error = error.detail
        self.pending = None

    def _forget_pending(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        self.pending = None
        self.error = None

    async def _begin(self, pair: TokenPair) -> None:
        session = new_session(pair.refresh_token, await self._user_id(pair.access_token))
        await asyncio.to_thread(self._keep, session)
        self._tokens.adopt(AccessToken(pair.access_token, time.time() + pair.expires_in))

    async def _user_id(self, access_token: str) -> str:
        try:
            status, answer = await self._upstream.exchange("GET", "/auth/me", None, access_token)
            return decode_answer(status, answer, User).id
        except (UpstreamProblem, UpstreamUnreachable):
            return ""  # kept for people who look into the store; nothing depends on it

    def _keep(self, session: StoredSession) -> None:
        with FileLock(self._lock_path).hold(_LOCK_SECONDS):
            self._vault.save(session)

    def _take(self) -> StoredSession | None:
        # Under the lock, so a refresh that is on its way can't put a session back afterwards.
        with FileLock(self._lock_path).hold(_LOCK_SECONDS):
            session = self._vault.load()
            self._vault.erase()
            return session

    async def _revoke(self, refresh_token: str) -> None:
        body = msgspec.json.encode(RefreshRequest(refresh_token))
        for pause in _REVOKE_PAUSES_SECONDS:
            try:
                status, _ = await self._upstream.exchange("POST", "/auth/logout", body, None)
            except UpstreamUnreachable:
                status = 503
            if status < 500:
                return
            await asyncio.sleep(pause)
        _log.warning("session could not be revoked; it ends by itself")
