"""Confirm an address, change it, take a change back; reset and change a password. Within one transaction.

Whatever changes a credential ends every other way in: whoever holds one may be why it is changed. API keys
end when a mail was what restored the account. Who changes the password by knowing it says whether they shall:
scripts go on working after a change that was mere routine.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated

from sqlalchemy.exc import IntegrityError

from hivesync_server.adapters.cache import Cache
from hivesync_server.api_keys.repository import ApiKeyRepository
from hivesync_server.audit.service import Audit, AuditAction, AuditDep
from hivesync_server.auth.accounts import Accounts
from hivesync_server.auth.credentials.schemas import PasswordChangeBody
from hivesync_server.auth.errors import AccountTaken, MailedTokenUnknown, PasswordWrong, TooManyMails
from hivesync_server.auth.mailed_tokens import MAILS_SECONDS, MailedTokens, Purpose
from hivesync_server.auth.services import AccountsDep, ClientAddress, MailedTokensDep, SessionsDep
from hivesync_server.auth.sessions import Sessions
from hivesync_server.auth.tables import UserRow
from hivesync_server.mails.letters import MailKind, letter
from hivesync_server.resources import ResourcesDep
from hivesync_server.services import service

MAILS_PER_NETWORK = 30
_PENDING = (Purpose.RESET, Purpose.CHANGE)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Address and password of accounts. `caller` is the client's network address."""

    accounts: Accounts
    sessions: Sessions
    mails: MailedTokens
    keys: ApiKeyRepository
    audit: Audit
    cache: Cache
    caller: str

    async def forgot(self, email: str) -> None:
        """Mail a link that resets the password. The answer says nothing, and takes the same time for all."""
        await self._count_mail()
        user = await self.sessions.users.by_email(email)
        await self.mails.send(Purpose.RESET if user else Purpose.UNKNOWN, email, user)

    async def resend(self, email: str) -> None:
        """Mail the link of a registration again; the answer says nothing."""
        await self._count_mail()
        user = await self.sessions.users.by_email(email)
        waiting = user if user is not None and not user.email_verified else None
        await self.mails.send(Purpose.VERIFY if waiting else Purpose.UNKNOWN, email, waiting)

    async def reset(self, token: str, password: str) -> None:
        """Set a new password by the token of a mail; the mail proves the address, too."""
        password_hash = await self.accounts.passwords.hash(password)
        _, user_id, email = await self.mails.redeem(token, Purpose.RESET)
        user = await self._user(user_id)
        user.password_hash = password_hash
        user.email_verified = user.email_verified or user.email == email
        await self._secure(user, "password_reset")
        await self.keys.delete_all(user.id)
        self.audit.note(AuditAction.PASSWORD_RESET, user.id, user.id)
        await self._tell(user, was_reset=True)

    async def change_password(self, user_id: str, session_id: str, body: PasswordChangeBody) -> None:
        """Set a new password and end all other sessions, or raise `PasswordWrong`."""
        known = (await self.accounts.confirm(user_id, body.current_password)).password_hash
        password_hash = await self.accounts.passwords.hash(body.new_password)
        user = await self._user(user_id)
        if user.password_hash != known:  # changed while we hashed
            raise PasswordWrong
        user.password_hash = password_hash
        await self._secure(user, "password_changed", but=session_id)
        if body.end_api_keys:
            await self.keys.delete_all(user.id)
        self.audit.note(AuditAction.PASSWORD_CHANGED, user.id, user.id)
        await self._tell(user, was_reset=False)

    async def change_email(self, user_id: str, password: str, email: str) -> None:
        """Ask the new address; whether someone has it already is told to that address only."""
        user = await self.accounts.confirm(user_id, password)
        await self._count_mail()
        owner = await self.sessions.users.by_email(email)
        await self.mails.send(Purpose.KNOWN if owner else Purpose.CHANGE, email, user)

    async def verify(self, token: str) -> None:
        """Confirm the address that a mail was sent to, and make it the account's if it was to be changed."""
        purpose, user_id, email = await self.mails.redeem(token, Purpose.VERIFY, Purpose.CHANGE)
        user = await self._user(user_id)
        if purpose is Purpose.VERIFY and user.email != email:
            raise MailedTokenUnknown
        if purpose is Purpose.CHANGE and user.email != email:
            await self.mails.repository.remove(user.id, (*_PENDING, Purpose.VERIFY))
            await self.mails.send(Purpose.REVERT, user.email, user)
            await self._set_email(user, email)
            self.audit.note(AuditAction.EMAIL_CHANGED, user.id, user.id)
        user.email_verified = True

    async def revert(self, token: str) -> None:
        """Take a change of address back: the account was taken over, so nothing known of it may work."""
        _, user_id, email = await self.mails.redeem(token, Purpose.REVERT)
        user = await self._user(user_id)
        await self._set_email(user, email)
        user.email_verified = True
        user.password_hash = await self.accounts.passwords.hash(secrets.token_urlsafe(32))
        await self._secure(user, "email_reverted")
        await self.keys.delete_all(user.id)
        self.audit.note(AuditAction.EMAIL_REVERTED, user.id, user.id)
        # Also the links of the addresses that followed this one.
        await self.mails.repository.remove(user.id, (Purpose.REVERT,))
        await self.mails.send(Purpose.RESET, email, user)

    async def _user(self, user_id: str) -> UserRow:
        user = await self.sessions.users.locked(user_id)
        if user is None:
            raise MailedTokenUnknown
        return user

    async def _set_email(self, user: UserRow, email: str) -> None:
        user.email = email
        try:
            await self.sessions.users.session.flush()
        except IntegrityError as error:
            raise AccountTaken("That email address has an account of its own meanwhile.") from error

    async def _secure(self, user: UserRow, reason: str, *, but: str | None = None) -> None:
        await self.mails.repository.remove(user.id, _PENDING)
        await self.sessions.revoke_all(user.id, reason, but=but)

    async def _tell(self, user: UserRow, *, was_reset: bool) -> None:
        link = f"{self.mails.base_url}/account/forgot"
        await self.sessions.mailer.send(
            letter(
                MailKind.PASSWORD_CHANGED, user.email, username=user.username, was_reset=was_reset, link=link
            )
        )

    async def _count_mail(self) -> None:
        """Raise `TooManyMails` for a network that asks for many."""
        if await self.cache.increment(f"mails-from:{self.caller}", MAILS_SECONDS) > MAILS_PER_NETWORK:
            raise TooManyMails(MAILS_SECONDS)


async def _credentials(
    caller: ClientAddress,
    resources: ResourcesDep,
    accounts: AccountsDep,
    sessions: SessionsDep,
    mails: MailedTokensDep,
    audit: AuditDep,
) -> Credentials:
    keys = ApiKeyRepository(sessions.users.session)
    return Credentials(accounts, sessions, mails, keys, audit, resources.cache, caller)


CredentialsDep = Annotated[Credentials, service(_credentials)]
