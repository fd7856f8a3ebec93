"""The audit log: written within the transaction of the act itself, and never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from hivesync_server.adapters.ids import new_id
from hivesync_server.audit.tables import AuditRow
from hivesync_server.http.client_address import client_address
from hivesync_server.resources import ResourcesDep, TransactionDep
from hivesync_server.services import service


class AuditAction(StrEnum):
    API_KEY_CREATED = "api_key.created"
    API_KEY_DELETED = "api_key.deleted"
    SESSION_STOLEN = "session.stolen"
    DEVICE_SIGNED_OUT = "device.signed_out"
    ACCOUNT_DELETED = "account.deleted"
    EXPORT_ASKED = "export.asked"
    PASSWORD_CHANGED = "password.changed"
    PASSWORD_RESET = "password.reset"
    EMAIL_CHANGED = "email.changed"
    EMAIL_REVERTED = "email.reverted"
    ADMIN_CREATED = "admin.created"
    ADMIN_USER_SEEN = "admin.user_seen"
    ADMIN_USER_CHANGED = "admin.user_changed"
    ADMIN_SESSIONS_REVOKED = "admin.sessions_revoked"
    ADMIN_MAILS_REQUEUED = "admin.mails_requeued"
    ADMIN_EXPORTED = "admin.exported"
    ADMIN_JOB_RETRIED = "admin.job_retried"
    ADMIN_JOB_LOG_SEEN = "admin.job_log_seen"
    ADMIN_WEBHOOK_RETRIED = "admin.webhook_retried"
    ADMIN_MAINTAINED = "admin.maintained"
    ADMIN_SIGNED_IN = "admin.signed_in"
    ADMIN_ALERTS_CHANGED = "admin.alerts_changed"
    ADMIN_ALERT_TESTED = "admin.alert_tested"
    TOTP_ON = "totp.on"
    TOTP_OFF = "totp.off"
    RECOVERY_CODE_USED = "totp.recovery_code_used"
    RECOVERY_CODES_RENEWED = "totp.recovery_codes_renewed"
    WEBHOOK_CREATED = "webhook.created"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_SECRET_RENEWED = "webhook.secret_renewed"
    WEBHOOK_DELETED = "webhook.deleted"


@dataclass(frozen=True, slots=True)
class Audit:
    """What domains call. `address`: where the request came from, empty for what we do by ourselves."""

    session: AsyncSession
    now: datetime
    address: str = ""

    def note(
        self,
        action: AuditAction,
        actor_id: str | None,
        subject_id: str | None = None,
        data: Mapping[str, str | None] | None = None,
    ) -> None:
        """Add one entry. `data` holds no secret and no text of any length."""
        row = AuditRow(
            id=new_id(),
            action=action.value,
            actor_id=actor_id,
            subject_id=subject_id,
            address=self.address[:64],
            data=json.dumps(dict(data or {}), ensure_ascii=False),
            created_at=self.now,
        )
        self.session.add(row)


async def _audit(connection: HTTPConnection, resources: ResourcesDep, transaction: TransactionDep) -> Audit:
    address = client_address(connection, resources.settings.http.trusted_proxies)
    return Audit(transaction.session, resources.clock(), address)


AuditDep = Annotated[Audit, service(_audit)]
