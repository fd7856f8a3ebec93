"""Wire forms of what admins see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx
from hivesync_contract.admin import (
    AdminJob,
    AdminLog,
    AdminLogLevel,
    AdminMail,
    AdminMailState,
    AdminProject,
    AdminQuestion,
    AdminUser,
    AdminWebhookDelivery,
    AuditEntry,
)
from hivesync_contract.identity import Tier
from hivesync_contract.webhooks import DeliveryState

from hivesync_server.audit.tables import AuditRow
from hivesync_server.auth.tables import UserRow
from hivesync_server.jobs.tables import JobRow
from hivesync_server.logbook.tables import LogRow
from hivesync_server.mails.tables import MailDeliveryRow, MailRow
from hivesync_server.support.tables import QuestionRow


def user_shape(row: UserRow) -> AdminUser:
    """Give an account's wire form."""
    return AdminUser(
        id=row.id,
        email=row.email,
        username=row.username,
        tier=Tier(row.tier),
        is_admin=row.is_admin,
        email_verified=row.email_verified,
        disabled=row.disabled_at is not None,
        created_at=row.created_at,
    )


def question_shape(row: QuestionRow) -> AdminQuestion:
    """Give a question's wire form."""
    return AdminQuestion(
        id=row.id,
        question=row.question,
        entry_id=row.entry_id,
        confidence=row.confidence,
        helpful=row.helpful,
        created_at=row.created_at,
        escalated_at=row.escalated_at,
    )


def project_shape(row: Any) -> AdminProject:
    """Give a project's wire form."""
    return AdminProject(row.id, row.name, row.owner, row.members, row.tasks, row.created_at)


def mail_shape(mail: MailRow, delivery: MailDeliveryRow | None) -> AdminMail:
    """Give a mail's wire form."""
    state = AdminMailState.SENT if mail.sent_at else AdminMailState.FAILED
    return AdminMail(
        id=mail.id,
        kind=mail.kind,
        recipient=mail.recipient,
        subject=mail.subject,
        state=AdminMailState.WAITING if delivery else state,
        tries=delivery.tries if delivery else 0,
        problem=delivery.problem if delivery else mail.failure,
        created_at=mail.created_at,
        sent_at=mail.sent_at,
    )


def job_shape(row: JobRow, names: Mapping[str, str]) -> AdminJob:
    """Give a job's wire form."""
    return AdminJob(
        id=row.id,
        kind=row.kind,
        tier=Tier(row.tier),
        state=row.state,
        attempt=row.attempt,
        user=names.get(row.user_id, ""),
        error_code=row.error_code,
        created_at=row.created_at,
        finished_at=row.finished_at,
        has_log=row.logs_key is not None,
    )


def delivery_shape(row: Any) -> AdminWebhookDelivery:
    """Give a webhook delivery's wire form; of its address only the host, since the rest may be a secret."""
    delivery, webhook, owner = row
    return AdminWebhookDelivery(
        id=delivery.id,
        owner=owner,
        host=httpx.URL(webhook.url).host,
        type=delivery.type,
        state=DeliveryState(delivery.state),
        attempts=delivery.attempts,
        status=delivery.status,
        failure=delivery.failure,
        created_at=delivery.created_at,
        attempted_at=delivery.attempted_at,
        disabled=webhook.disabled_reason is not None,
    )


def log_shape(row: LogRow) -> AdminLog:
    """Give a log record's wire form."""
    return AdminLog(
        id=row.id,
        at=row.at,
        level=AdminLogLevel(row.level),
        logger=row.logger,
        message=row.message,
        request_id=row.request_id,
        fields=json.loads(row.fields),
    )


def entry_shape(row: AuditRow, names: Mapping[str, str]) -> AuditEntry:
    """Give an entry's wire form."""
    return AuditEntry(
        id=row.id,
        action=row.action,
        actor_id=row.actor_id,
        actor=names.get(row.actor_id) if row.actor_id else None,
        subject_id=row.subject_id,
        subject=names.get(row.subject_id) if row.subject_id else None,
        address=row.address,
        data=json.loads(row.data),
        created_at=row.created_at,
    )
