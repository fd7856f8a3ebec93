"""Tokens that reach people by mail: single-use, stored as hashes, and in the fragment of their link.

A fragment is sent to no server, so the token stands in no access log and no Referer.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hivesync_server.adapters.cache import Cache
from hivesync_server.auth.errors import MailedTokenUnknown
from hivesync_server.auth.refresh_tokens import token_hash
from hivesync_server.auth.repository import MailedTokenRepository
from hivesync_server.auth.tables import MailedTokenRow, UserRow
from hivesync_server.mails.letters import MailKind, letter
from hivesync_server.mails.mail import Mailer


class Purpose(StrEnum):
    """What a token is for. `known` and `unknown` entitle to nothing: their mails only say how things are."""

    VERIFY = "verify"
    CHANGE = "change"
    REVERT = "revert"
    RESET = "reset"
    KNOWN = "known"
    UNKNOWN = "unknown"


MAILS_SECONDS = 3600
MAILS_PER_ADDRESS = 5
"""In that time. Whoever types an address into a form must not be able to fill its mailbox."""

_LIFE = {
    Purpose.VERIFY: timedelta(days=3),
    Purpose.CHANGE: timedelta(days=1),
    Purpose.REVERT: timedelta(days=7),
    Purpose.RESET: timedelta(hours=1),
}

_LETTERS = {
    Purpose.VERIFY: (MailKind.VERIFY, "verify"),
    Purpose.CHANGE: (MailKind.EMAIL_CHANGE, "verify"),
    Purpose.REVERT: (MailKind.EMAIL_CHANGED, "revert"),
    Purpose.RESET: (MailKind.PASSWORD_RESET, "reset"),
    Purpose.KNOWN: (MailKind.ACCOUNT_KNOWN, ""),
    Purpose.UNKNOWN: (MailKind.ACCOUNT_UNKNOWN, ""),
}
"""The mail of each purpose, and the page that its link opens."""


@dataclass(frozen=True, slots=True)
class MailedTokens:
    """Send and redeem, within one transaction."""

    repository: MailedTokenRepository
    mailer: Mailer
    cache: Cache
    base_url: str
    now: datetime

    async def send(self, purpose: Purpose, email: str, user: UserRow | None) -> None:
        """Mail a token to `email`, unless it has got many: it does the same work with and without a user."""
        count = await self.cache.increment(f"mails-to:{email}", MAILS_SECONDS)
        # A taken-over account is restored by this mail, whatever else the address was sent.
        if count > MAILS_PER_ADDRESS and purpose is not Purpose.REVERT:
            return
        token = "hsm_" + secrets.token_urlsafe(32)
        life = _LIFE.get(purpose, timedelta(hours=1))
        row = MailedTokenRow(token_hash=token_hash(token), purpose=purpose.value, email=email)
        row.user_id, row.expires_at = user.id if user else None, self.now + life
        await self.repository.add(row)
        kind, act = _LETTERS[purpose]
        username, link = user.username if user else "", f"{self.base_url}/account/{act}#{token}"
        await self.mailer.send(letter(kind, email, expires_at=row.expires_at, username=username, link=link))

    async def redeem(self, token: str, *purposes: Purpose) -> tuple[Purpose, str, str]:
        """Use a token up and give its purpose, user id and address, or raise `MailedTokenUnknown`."""
        row = await self.repository.locked(token_hash(token))
        if row is None or row.user_id is None or row.purpose not in purposes or row.expires_at <= self.now:
            raise MailedTokenUnknown
        await self.repository.session.delete(row)
        return Purpose(row.purpose), row.user_id, row.email
