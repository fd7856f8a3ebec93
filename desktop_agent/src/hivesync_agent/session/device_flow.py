"""Signing in by device code (RFC 8628): the user approves in a browser, the agent polls.

Refuses to poll faster than the backend asks, and never opens a browser itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

import msgspec
from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.identity import DeviceCode, OAuthError, TokenPair

from hivesync_agent.upstream import Upstream, UpstreamUnreachable, decode_answer

CLIENT_ID = "hivesync-agent"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_FORM = "application/x-www-form-urlencoded"
_SLOW_DOWN_SECONDS = 5
_ENDINGS = {
    "access_denied": "The sign-in was declined in the browser.",
    "expired_token": "The code expired before it was approved; start again.",
}

Sleep = Callable[[float], Awaitable[None]]


class SignInEnded(HiveSyncError):
    """The user declined, or did not answer in time."""

    code = ErrorCode.AUTH_EXPIRED


class DeviceFlow:
    """One conversation with `device/code` and `device/token`."""

    def __init__(self, upstream: Upstream, sleep: Sleep = asyncio.sleep) -> None:
        self._upstream = upstream
        self._sleep = sleep

    async def start(self) -> DeviceCode:
        """Ask for a code to show."""
        status, answer = await self._post("/auth/device/code", {"client_id": CLIENT_ID})
        return decode_answer(status, answer, DeviceCode)

    async def wait(self, code: DeviceCode) -> TokenPair:
        """Poll until the user has decided. Raises `SignInEnded`, or what the backend says."""
        interval = max(1, code.interval)
        deadline = asyncio.get_running_loop().time() + code.expires_in
        form = {"client_id": CLIENT_ID, "grant_type": GRANT, "device_code": code.device_code}
        while asyncio.get_running_loop().time() < deadline:
            await self._sleep(interval)
            try:
                status, answer = await self._post("/auth/device/token", form)
            except UpstreamUnreachable:
                interval *= 2  # RFC 8628 §3.5: back off when the connection times out
                continue
            if status == 200:
                return decode_answer(status, answer, TokenPair)
            interval += _pause_asked_for(status, answer)
        raise SignInEnded(_ENDINGS["expired_token"])

    async def _post(self, path: str, form: dict[str, str]) -> tuple[int, bytes]:
        content = urlencode(form).encode()
        return await self._upstream.exchange("POST", path, content, None, content_type=_FORM)


def _pause_asked_for(status: int, answer: bytes) -> int:
    """Give the seconds to add to the interval, or raise if waiting is over."""
    try:
        error = msgspec.json.decode(answer, type=OAuthError).error
    except (msgspec.MsgspecError, RecursionError):
        error = ""
    if error == "authorization_pending" or status >= 500 or status == 429:
        return 0
    if error == "slow_down":
        return _SLOW_DOWN_SECONDS
    if error in _ENDINGS:
        raise SignInEnded(_ENDINGS[error])
    decode_answer(status, answer, TokenPair)
    raise SignInEnded("The backend ended the sign-in.")
