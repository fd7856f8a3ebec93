"""Tokens that reach people by mail: single-use, stored as hashes, and in the fragment of their link.

A fragment is sent to no server, so the token stands in no access log and no Referer.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hivesync_server.adapters.cache import Cache
from hivesync_server.adapters.mail import Mail, Mailer
from hivesync_server.auth.errors import MailedTokenUnknown
from hivesync_server.auth.refresh_tokens import token_hash
from hivesync_server.auth.repository import MailedTokenRepository
from hivesync_server.auth.tables import MailedTokenRow, UserRow


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

_TEXTS = {
    Purpose.VERIFY: (
        "Confirm your email address",
        "Someone, probably you, registered “{username}” at HiveSync with this address. Confirm it here, "
        "within three days:\n\n{base}/account/verify#{token}\n\nIf that was not you, ignore this mail.\n",
    ),
    Purpose.CHANGE: (
        "Confirm your new email address",
        "“{username}” wants to use this address at HiveSync. Confirm it here, within a day:\n\n"
        "{base}/account/verify#{token}\n\nIf that was not you, ignore this mail.\n",
    ),
    Purpose.REVERT: (
        "Your email address was changed",
        "The account “{username}” at HiveSync now has another email address. If that was not you, take it "
        "back here, within seven days: it ends all sessions and asks for a new password.\n\n"
        "{base}/account/revert#{token}\n",
    ),
    Purpose.RESET: (
        "Choose a new password",
        "Someone, probably you, asked for a new password for “{username}” at HiveSync. Choose it here, "
        "within an hour:\n\n{base}/account/reset#{token}\n\nIf that was not you, ignore this mail: "
        "your password stays as it is.\n",
    ),
    Purpose.KNOWN: (
        "You have a HiveSync account already",
        "Someone, probably you, wanted to use this address for an account at HiveSync. There is one already: "
        "sign in, or choose a new password if you have forgotten yours. Nothing was changed.\n",
    ),
    Purpose.UNKNOWN: (
        "There is no HiveSync account for this address",
        "Someone, probably you, asked for help with an account at HiveSync, but none needs it under this "
        "address. You may have used another one. If that was not you, ignore this mail.\n",
    ),
}


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
        subject, text = _TEXTS[purpose]
        body = text.format(username=user.username if user else "", base=self.base_url, token=token)
        await self.mailer.send(Mail(email, subject, body))

    async def redeem(self, token: str, *purposes: Purpose) -> tuple[Purpose, str, str]:
        """Use a token up and give its purpose, user id and address, or raise `MailedTokenUnknown`."""
        row = await self.repository.locked(token_hash(token))
        if row is None or row.user_id is None or row.purpose not in purposes or row.expires_at <= self.now:
            raise MailedTokenUnknown
        await self.repository.session.delete(row)
        return Purpose(row.purpose), row.user_id, row.email
