"""What admins do to others. Each act is in the audit log, in the transaction that it changes things in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hivesync_contract.admin import AdminUserDetails
from hivesync_contract.alerts import AlertKind
from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.identity import Tier

from hivesync_server.adapters.ids import new_id
from hivesync_server.admin.access import Admin
from hivesync_server.admin.repository import AdminRepository
from hivesync_server.admin.shapes import user_shape
from hivesync_server.alerts.service import Alerts
from hivesync_server.audit.service import Audit, AuditAction
from hivesync_server.auth.sessions import Sessions
from hivesync_server.auth.tables import UserRow
from hivesync_server.mails.tables import MailDeliveryRow, MailRow

REQUEUED_MAX = 500


class UserUnknown(HiveSyncError):
    """There is no such account."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such account.")


class OwnAccount(HiveSyncError):
    """An admin who shuts out the admin shuts out everybody."""

    code = ErrorCode.CONFLICT

    def __init__(self) -> None:
        super().__init__("You can't disable your own account; another admin can.")


class MailNotFailed(HiveSyncError):
    """The mail is unknown, was sent, still waits, or is of no use any more."""

    code = ErrorCode.CONFLICT

    def __init__(self) -> None:
        super().__init__("Only a mail that failed and can still be of use can be sent again.")


@dataclass(frozen=True, slots=True)
class Change:
    """What to change of an account; None leaves it as it is."""

    tier: Tier | None = None
    disabled: bool | None = None
    email_verified: bool | None = None

    def described(self) -> dict[str, str | None]:
        """Give it for the audit log."""
        told = {"tier": self.tier, "disabled": self.disabled, "email_verified": self.email_verified}
        return {name: str(value).lower() for name, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Acts:
    """Works within one transaction; whoever calls has asked for the password where that is due."""

    admin: Admin
    repository: AdminRepository
    sessions: Sessions
    audit: Audit
    alerts: Alerts
    now: datetime

    async def details(self, user_id: str) -> AdminUserDetails:
        """Look at one account."""
        user = await self._user(user_id)
        sessions, keys, projects, last_used_at = await self.repository.use_of(user_id, self.now)
        return AdminUserDetails(user_shape(user), sessions, keys, projects, last_used_at)

    async def change(self, user_id: str, change: Change) -> UserRow:
        """Change an account. A disabled one is signed out everywhere."""
        user = await self._user(user_id)
        if change.disabled and user_id == self.admin.user_id:
            raise OwnAccount
        if change.tier is not None:
            user.tier = change.tier.value
        if change.email_verified is not None:
            user.email_verified = change.email_verified
        if change.disabled is not None:
            user.disabled_at = (user.disabled_at or self.now) if change.disabled else None
        if change.disabled:
            await self.sessions.revoke_all(user.id, "disabled")
        self._note(AuditAction.ADMIN_USER_CHANGED, user_id, **change.described())
        await self._tell(user, change)
        return user

    async def _tell(self, user: UserRow, change: Change) -> None:
        done = ", ".join(f"{name}: {value}" for name, value in change.described().items())
        text = f"The administrator “{self.admin.username}” changed the account “{user.username}” ({done})"
        # Each of them is told: `new_id` makes it one of its own.
        await self.alerts.raise_alert(
            AlertKind.SECURITY_EVENT, text, f"changed:{new_id()}", actor_id=self.admin.user_id
        )

    async def revoke_sessions(self, user_id: str) -> None:
        """Sign a user out everywhere."""
        await self._user(user_id)
        await self.sessions.revoke_all(user_id, "revoked_by_admin")
        self._note(AuditAction.ADMIN_SESSIONS_REVOKED, user_id)

    async def requeue_mail(self, mail_id: str) -> None:
        """Send a mail that failed again, or raise `MailNotFailed`."""
        rows = await self.repository.failed_mails(self.now, 1, mail_id)
        if not rows:
            raise MailNotFailed
        await self._requeue(rows)
        self._note(AuditAction.ADMIN_MAILS_REQUEUED, mail_id)

    async def requeue_mails(self) -> int:
        """Send all again that failed and can still be of use; tell how many."""
        rows = await self.repository.failed_mails(self.now, REQUEUED_MAX)
        await self._requeue(rows)
        self._note(AuditAction.ADMIN_MAILS_REQUEUED, count=str(len(rows)))
        return len(rows)

    async def _requeue(self, rows: Sequence[MailRow]) -> None:
        # Under new ids: the provider remembers what it said to the old ones.
        for row in rows:
            copy = MailRow(id=new_id(), created_at=row.created_at, expires_at=row.expires_at)
            for name in ("kind", "recipient", "subject", "body", "html", "unsubscribe_url"):
                setattr(copy, name, getattr(row, name))
            self.repository.session.add(copy)
            await self.repository.session.flush()
            self.repository.session.add(MailDeliveryRow(mail_id=copy.id, tries=0, available_at=self.now))
            await self.repository.session.delete(row)

    async def _user(self, user_id: str) -> UserRow:
        user = await self.sessions.users.locked(user_id)
        if user is None:
            raise UserUnknown
        return user

    def _note(self, action: AuditAction, subject_id: str | None = None, **data: str | None) -> None:
        self.audit.note(action, self.admin.user_id, subject_id, data)
