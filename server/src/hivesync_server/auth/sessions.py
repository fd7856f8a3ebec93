"""Sessions: opened by a sign-in, carried on by refresh tokens, ended by the user or by a stolen token."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from hivesync_contract.alerts import AlertKind
from hivesync_contract.events import EventType, SessionEvent
from hivesync_contract.identity import TokenPair
from hivesync_contract.limits import ACCESS_TOKEN_SECONDS

from hivesync_server.adapters.ids import new_id
from hivesync_server.alerts.service import Alerts
from hivesync_server.audit.service import Audit, AuditAction
from hivesync_server.auth import refresh_tokens
from hivesync_server.auth.access_tokens import AccessTokens
from hivesync_server.auth.devices.repository import DeviceRepository
from hivesync_server.auth.errors import AccountDisabled, AuthExpired, AuthInvalid, RefreshReused
from hivesync_server.auth.repository import SessionRepository, UserRepository
from hivesync_server.auth.tables import RefreshTokenRow, SessionRow, UserRow
from hivesync_server.events.publisher import EventPublisher
from hivesync_server.http.client_address import network_of
from hivesync_server.mails.letters import MailKind, letter
from hivesync_server.mails.mail import Mail, Mailer
from hivesync_server.settings.groups import TokenSettings

SESSION_LIFE = timedelta(days=30)
"""A session ends when it was not refreshed for this long."""

REUSE_GRACE = timedelta(seconds=30)
"""A retired token may still come from a slow answer or a second process; later it is a copy."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """The life of sessions, within one transaction."""

    users: UserRepository
    sessions: SessionRepository
    devices: DeviceRepository
    events: EventPublisher
    mailer: Mailer
    alerts: Alerts
    audit: Audit
    access_tokens: AccessTokens
    keys: tuple[bytes, ...]
    now: datetime

    async def open(self, user: UserRow, label: str, address: str) -> TokenPair:
        """Sign a device in, or raise `AuthInvalid` if the password changed after `user` was recognised."""
        recognised_by = user.password_hash
        current = await self.users.locked(user.id)
        if current is None or current.password_hash != recognised_by:
            raise AuthInvalid("The password was changed just now; sign in again.")
        if current.disabled_at is not None:
            raise AccountDisabled
        label, network = label[:120], network_of(address)
        if network and await self.sessions.is_strange(user.id, label, network):
            await self.mailer.send(_strange_mail(current, label, address, self.now, self._devices_link))
        await self.devices.note(user.id, label, self.now)
        row = SessionRow(
            id=new_id(),
            user_id=user.id,
            label=label,
            network=network,
            confirmed_generation=0,
            created_at=self.now,
            last_used_at=self.now,
            expires_at=self.now + SESSION_LIFE,
        )
        await self.sessions.add(row)
        return await self._issue(row, refresh_tokens.new_token(), 0)

    async def refresh(self, presented: str) -> TokenPair:
        """Give the successor of a token, the same one until the successor is used."""
        known = await self.sessions.token(refresh_tokens.token_hash(presented))
        if known is None:
            raise AuthInvalid("The refresh token is unknown; sign in again.")
        session = await self.sessions.locked(known.session_id)
        # Read again under the lock: another request may have retired it meanwhile.
        token = await self.sessions.token(known.token_hash)
        if session is None or token is None or session.revoked_at is not None:
            raise AuthInvalid("The session has ended; sign in again.")
        if session.expires_at <= self.now:
            raise AuthExpired("The session has expired; sign in again.")
        if token.retired_at is not None and self.now - token.retired_at > REUSE_GRACE:
            await self._end_stolen(session)
        await self.confirm(session, token.generation)
        session.last_used_at, session.expires_at = self.now, self.now + SESSION_LIFE
        return await self._issue(session, await self._successor(presented), token.generation + 1)

    async def confirm(self, session: SessionRow, generation: int) -> None:
        """Note that a token of `generation` was used: all before it retire."""
        if generation > session.confirmed_generation:
            session.confirmed_generation = generation
            await self.sessions.retire_before(session.id, generation, self.now)

    async def revoke(self, session: SessionRow, reason: str) -> None:
        """End a session, if it has not ended, and tell its programs. Those of other sessions go on."""
        if session.revoked_at is not None:
            return
        session.revoked_at, session.revoke_reason = self.now, reason
        event = SessionEvent(False, reason)
        await self.events.publish_to_session(session.user_id, session.id, EventType.SESSION_CHANGED, event)

    async def revoke_all(self, user_id: str, reason: str, *, but: str | None = None) -> None:
        """End every way in of a user, except the session `but`."""
        for known in await self.sessions.of_user(user_id, self.now):
            if known.id != but and (session := await self.sessions.locked(known.id)):
                await self.revoke(session, reason)
        await self.sessions.forget_other_ways_in(user_id)

    async def revoke_by_token(self, presented: str) -> None:
        """End the session of a refresh token; an unknown token is no error, since it is gone either way."""
        token = await self.sessions.token(refresh_tokens.token_hash(presented))
        if token is not None and (session := await self.sessions.locked(token.session_id)):
            await self.revoke(session, "signed_out")

    @property
    def _devices_link(self) -> str:
        return f"{self.alerts.base_url}/security"

    async def _issue(self, session: SessionRow, token: str, generation: int) -> TokenPair:
        token_hash = refresh_tokens.token_hash(token)
        if await self.sessions.token(token_hash) is None:
            row = RefreshTokenRow(
                token_hash=token_hash, session_id=session.id, generation=generation, created_at=self.now
            )
            await self.sessions.add_token(row)
        access = self.access_tokens.mint(session.user_id, session.id, generation)
        return TokenPair(access, ACCESS_TOKEN_SECONDS, token)

    async def _successor(self, presented: str) -> str:
        # While a key is rotated the successor may have been derived by the previous one.
        candidates = [refresh_tokens.successor(presented, key) for key in self.keys]
        for candidate in candidates:
            if await self.sessions.token(refresh_tokens.token_hash(candidate)) is not None:
                return candidate
        return candidates[0]

    async def _end_stolen(self, session: SessionRow) -> None:
        await self.revoke(session, "token_reused")
        if user := await self.users.by_id(session.user_id):
            await self.mailer.send(_stolen_mail(user, session, self._devices_link))
            self.audit.note(AuditAction.SESSION_STOLEN, None, user.id, {"session": session.label})
            text = (
                f"A refresh token of “{user.username}” was used a second time, so somebody has a copy of it. "
                f"The session “{session.label}” was ended"
            )
            await self.alerts.raise_alert(AlertKind.SECURITY_EVENT, text, f"stolen:{user.id}")
        raise RefreshReused("This refresh token was used before, so the session was ended; sign in again.")


def refresh_keys(settings: TokenSettings) -> tuple[bytes, ...]:
    """Give the keys that derive successors: not the JWT keys themselves, since one key serves one purpose."""
    return tuple(
        hashlib.sha256(b"hivesync/refresh-key/v1/" + secret.reveal().encode()).digest()
        for secret in settings.keys
    )


def _stolen_mail(user: UserRow, session: SessionRow, link: str) -> Mail:
    return letter(MailKind.SESSION_STOLEN, user.email, label=session.label, link=link)


def _strange_mail(user: UserRow, label: str, address: str, now: datetime, link: str) -> Mail:
    at = f"{now:%Y-%m-%d %H:%M} UTC"
    return letter(
        MailKind.SIGN_IN_NEW,
        user.email,
        username=user.username,
        label=label,
        address=address,
        at=at,
        link=link,
    )
