"""The life of a device code: asked for, approved or denied by a person, exchanged once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from hivesync_contract.identity import DeviceCode, TokenPair

from hivesync_server.adapters.ids import new_id
from hivesync_server.auth.device.repository import DeviceCodeRepository
from hivesync_server.auth.refresh_tokens import token_hash
from hivesync_server.auth.sessions import Sessions
from hivesync_server.auth.tables import DeviceCodeRow, UserRow

LIFE = timedelta(minutes=15)
POLL_SECONDS = 2
SLOW_DOWN_SECONDS = 5
_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
"""RFC 8628 §6.1: no vowels, so no words; no letters that look like digits. 20^8 codes."""

_CODE_LENGTH = 8


class DeviceRefusal(Exception):
    """What a polling program is told instead of tokens. Not a failure: the state it leaves is kept."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error = error
        self.description = description


def normal_user_code(typed: str) -> str:
    """Give a typed code in its stored form, or an empty text if it can't be one."""
    letters = "".join(character for character in typed.upper() if character.isalnum())
    if len(letters) != _CODE_LENGTH or not set(letters) <= set(_ALPHABET):
        return ""
    return f"{letters[:4]}-{letters[4:]}"


@dataclass(frozen=True, slots=True)
class DeviceSignIn:
    """Device codes, within one transaction."""

    codes: DeviceCodeRepository
    sessions: Sessions
    verification_uri: str
    now: datetime

    async def start(self, client_name: str, client_address: str) -> DeviceCode:
        """Begin a sign-in for a program that calls itself `client_name`."""
        device_code = "hsd_" + secrets.token_urlsafe(32)
        user_code = normal_user_code("".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH)))
        row = DeviceCodeRow(
            id=new_id(),
            device_code_hash=token_hash(device_code),
            user_code=user_code,
            client_name=client_name,
            client_address=client_address,
            state="pending",
            interval_seconds=POLL_SECONDS,
            created_at=self.now,
            expires_at=self.now + LIFE,
        )
        await self.codes.add(row)
        return DeviceCode(
            device_code=device_code,
            user_code=user_code,
            verification_uri=self.verification_uri,
            verification_uri_complete=f"{self.verification_uri}?user_code={user_code}",
            expires_in=int(LIFE.total_seconds()),
            interval=POLL_SECONDS,
        )

    async def exchange(self, device_code: str) -> TokenPair:
        """Give tokens for an approved code, once; else raise `DeviceRefusal`."""
        row = await self.codes.by_device_code(token_hash(device_code))
        if row is None or row.state == "used":
            raise DeviceRefusal("invalid_grant", "The device code is unknown or was used.")
        if row.expires_at <= self.now:
            raise DeviceRefusal("expired_token", "The code has expired; start the sign-in again.")
        if row.state == "denied":
            raise DeviceRefusal("access_denied", "The sign-in was denied in the browser.")
        user = await self.sessions.users.by_id(row.user_id) if row.user_id else None
        if row.state != "approved" or user is None:
            raise self._not_yet(row)
        row.state = "used"
        return await self.sessions.open(user, row.client_name, row.client_address)

    async def pending(self, user_code: str) -> DeviceCodeRow | None:
        """Give the sign-in that a typed code stands for, if it still waits."""
        row = await self.codes.by_user_code(user_code) if user_code else None
        return row if row is not None and row.state == "pending" and row.expires_at > self.now else None

    def decide(self, row: DeviceCodeRow, user: UserRow, *, approve: bool) -> None:
        """Note what the person in the browser decided."""
        row.state = "approved" if approve else "denied"
        row.user_id = user.id

    def _not_yet(self, row: DeviceCodeRow) -> DeviceRefusal:
        early = row.polled_at is not None and self.now - row.polled_at < timedelta(
            seconds=row.interval_seconds
        )
        row.polled_at = self.now
        if not early:
            return DeviceRefusal("authorization_pending", "The user has not decided yet.")
        row.interval_seconds += SLOW_DOWN_SECONDS
        return DeviceRefusal("slow_down", f"Ask every {row.interval_seconds} seconds at most.")
