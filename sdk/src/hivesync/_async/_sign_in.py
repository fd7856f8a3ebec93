"""Sign in and out without an agent, into the credential store that all clients of this machine share."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any
from urllib.parse import urlencode

from hivesync_contract.errors import HiveSyncError
from hivesync_contract.identity import BearerToken, DeviceCode, LoginRequest, OAuthError, TokenPair, User
from hivesync_contract.keychain import SessionStore

from hivesync._async._concurrency import drive_async, run_blocking, sleep
from hivesync._async._direct_link import DirectLink
from hivesync._async._router import Router
from hivesync._call import Call, new_call
from hivesync._errors import AuthenticationFailed
from hivesync._response import Response
from hivesync.credentials.errors import KeychainMissing
from hivesync.credentials.lock import FileLock
from hivesync.credentials.refresh import Refresher
from hivesync.credentials.session import StoredSession, new_session
from hivesync.credentials.sign_out import Ending, SignOut, logout
from hivesync.settings import SettingsInvalid

CLIENT_ID = "hivesync-cli"
_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_SLOW_DOWN_SECONDS = 5


class AsyncSignIn:
    """`client.sign_in`. While an agent runs, sign in through `client.agent` instead."""

    def __init__(self, router: Router, refresher: Refresher) -> None:
        self._router = router
        self._direct: DirectLink = router.direct
        self._refresher = refresher
        self._sign_out = SignOut(
            refresher.store, refresher.lock_path, lock_deadline_seconds=refresher.lock_deadline_seconds
        )

    @property
    def stored_in(self) -> SessionStore:
        """Tell where a session signed in here is kept."""
        return self._refresher.store.kind

    async def start_device(self) -> DeviceCode:
        """Ask for a user code and a link (RFC 8628 §3.1)."""
        form = urlencode({"client_id": CLIENT_ID}).encode()
        answer = await self._send(new_call("POST", "/api/v1/auth/device/code", body=form, headers=_FORM))
        return answer.raise_for_status().decode(DeviceCode)

    async def finish_device(self, code: DeviceCode) -> User:
        """Wait until the user has confirmed, at the pace the backend asks for (RFC 8628 §3.5)."""
        form = {"grant_type": _GRANT, "device_code": code.device_code, "client_id": CLIENT_ID}
        end = time.monotonic() + code.expires_in
        interval = code.interval
        while time.monotonic() < end:
            await sleep(interval)
            call = new_call("POST", "/api/v1/auth/device/token", body=urlencode(form).encode(), headers=_FORM)
            answer = await self._send(call)
            if answer.status == 200:
                return await self._adopt(answer.decode(TokenPair))
            error = _oauth_error(answer)
            if error == "slow_down":
                interval += _SLOW_DOWN_SECONDS
            elif error != "authorization_pending":
                raise _refusal(error)
        raise _refusal("expired_token")

    async def with_password(self, login: str, password: str) -> User:
        """Sign in with an email address or a username; raise `AuthenticationFailed` if refused."""
        body = LoginRequest(password=password, login=login)
        answer = await self._send(new_call("POST", "/api/v1/auth/login", body=body))
        return await self._adopt(answer.raise_for_status().decode(TokenPair))

    async def out(self) -> Ending:
        """End the session here, and at the backend as soon as that can be reached."""
        try:
            was_signed_in = await drive_async(self._sign_out.end(), self._direct.post)
        except KeychainMissing:
            return Ending(False, 0)  # nobody has ever signed in here
        self._direct.tokens.forget()
        return Ending(was_signed_in, await self._settle())

    async def access_token(self) -> str:
        """Give an access token of at most 15 minutes, renewed if needed; raise as `bearer_token` does."""
        return (await self.bearer_token()).access_token

    async def bearer_token(self) -> BearerToken:
        """Give an access token and for how long it still lasts; raise `SignedOut`.

        With HIVESYNC_TOKEN raises `SettingsInvalid`: that key lives longer, and is at hand already.
        """
        if not self._direct.tokens.is_renewable:
            raise SettingsInvalid("HIVESYNC_TOKEN is set; use that key itself, or unset it.")
        held = await self._direct.tokens.of_session()
        return BearerToken(held.access_token, max(0, int(held.access_expires_at - time.time())))

    async def _adopt(self, pair: TokenPair) -> User:
        bearer = {"Authorization": f"Bearer {pair.access_token}"}
        try:
            answer = await self._send(new_call("GET", "/api/v1/auth/me", headers=bearer))
            user = answer.raise_for_status().decode(User)
            session = new_session(pair.refresh_token, user.id, pair.access_token, pair.expires_in)
            await run_blocking(self._keep, session)
        except (HiveSyncError, OSError):
            # Kept nowhere, it would live on at the backend, and nobody could end it.
            with contextlib.suppress(HiveSyncError):
                await self._direct.post(logout(pair.refresh_token))
            raise
        self._direct.tokens.forget()
        await self._settle()
        return user

    async def _settle(self) -> int:
        return await drive_async(self._sign_out.settle(), self._direct.post)

    async def _send(self, call: Call) -> Response:
        return await self._router.send_public(call)

    def _keep(self, session: StoredSession) -> None:
        with FileLock(self._refresher.lock_path).hold(self._refresher.lock_deadline_seconds):
            self._refresher.store.begin(session)


def _oauth_error(answer: Response) -> str:
    try:
        data: Any = json.loads(answer.body)
    except ValueError:
        data = None
    if answer.status != 400 or not isinstance(data, dict) or "error" not in data:
        answer.raise_for_status()
    return answer.decode(OAuthError).error


def _refusal(error: str) -> AuthenticationFailed:
    reasons = {
        "access_denied": "The sign-in was refused in the browser.",
        "expired_token": "The code has expired before it was confirmed; start again.",
    }
    detail = reasons.get(error, f"The sign-in failed ({error}).")
    return AuthenticationFailed(401, {"code": "AUTH_INVALID", "detail": detail}, {})
