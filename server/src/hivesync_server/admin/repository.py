"""Queries over everybody's rows: lists by cursor, and figures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from hivesync_server.adapters.containing import Containing, Found, first_page, joined
from hivesync_server.adapters.ids import first_id_at
from hivesync_server.api_keys.tables import ApiKeyRow
from hivesync_server.audit.tables import AuditRow
from hivesync_server.auth.tables import SessionRow, UserRow
from hivesync_server.jobs.tables import OPEN_STATES, JobRow
from hivesync_server.mails.tables import MailDeliveryRow, MailRow
from hivesync_server.notifications.tables import NotificationRow
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.support.tables import QuestionRow
from hivesync_server.tasks.tables import TaskRow
from hivesync_server.team.tables import ProjectMemberRow
from hivesync_server.webhooks.tables import WebhookDeliveryRow, WebhookRow

Chosen = TypeVar("Chosen", bound=Select[*tuple[Any, ...]])

TIMED_MAX = 10_000
"""Jobs that a pipeline's times are worked out from: the newest."""


@dataclass(frozen=True, slots=True)
class AdminRepository:
    """Lists and figures."""

    session: AsyncSession

    async def users(self, query: str, after: str | None, limit: int) -> Found[UserRow]:
        """Give accounts, newest first: those whose address or name contains `query`."""
        listed = _newest(select(UserRow), UserRow.id, after)
        if not query:
            return first_page((await self.session.scalars(listed.limit(limit + 1))).all(), limit)

        def named(users: Any) -> ColumnElement[bool]:
            return joined(users.username, users.email).contains(query, autoescape=True)

        containing = Containing(UserRow, listed, lambda users: [users.id.desc()], named)
        return await containing.page(self.session, limit)

    async def names(self, user_ids: Collection[str | None]) -> dict[str, str]:
        """Give the names of users by id."""
        known = [user_id for user_id in user_ids if user_id]
        query = select(UserRow.id, UserRow.username).where(UserRow.id.in_(known))
        return {row.id: row.username for row in await self.session.execute(query)}

    async def use_of(self, user_id: str, now: datetime) -> tuple[int, int, int, datetime | None]:
        """Count a user's sessions, keys and own projects, and tell when a session was last used."""
        living = SessionRow.user_id == user_id, SessionRow.revoked_at.is_(None), SessionRow.expires_at > now
        return (
            await self._count(SessionRow, *living),
            await self._count(ApiKeyRow, ApiKeyRow.user_id == user_id),
            await self._count(ProjectRow, ProjectRow.owner_id == user_id),
            await self.session.scalar(
                select(func.max(SessionRow.last_used_at)).where(SessionRow.user_id == user_id)
            ),
        )

    async def projects(self, after: str | None, limit: int) -> Sequence[Any]:
        """Give projects with the owner's name and counts, newest first, and one more."""
        members = select(func.count()).where(ProjectMemberRow.project_id == ProjectRow.id)
        tasks = select(func.count()).where(TaskRow.project_id == ProjectRow.id)
        query = select(
            ProjectRow.id,
            ProjectRow.name,
            ProjectRow.created_at,
            UserRow.username.label("owner"),
            members.scalar_subquery().label("members"),
            tasks.scalar_subquery().label("tasks"),
        ).join(UserRow, UserRow.id == ProjectRow.owner_id)
        rows: Sequence[Any] = (await self.session.execute(_page(query, ProjectRow.id, after, limit))).all()
        return rows

    async def jobs(self, state: str | None, after: str | None, limit: int) -> Sequence[JobRow]:
        """Give jobs, newest first, and one more."""
        query = select(JobRow) if state is None else select(JobRow).where(JobRow.state == state)
        return (await self.session.scalars(_page(query, JobRow.id, after, limit))).all()

    async def webhook_deliveries(self, state: str | None, after: str | None, limit: int) -> Sequence[Any]:
        """Give deliveries with their webhooks and the names of whose they are, newest first, and one more."""
        query = (
            select(WebhookDeliveryRow, WebhookRow, UserRow.username)
            .join(WebhookRow, WebhookRow.id == WebhookDeliveryRow.webhook_id)
            .join(UserRow, UserRow.id == WebhookRow.user_id)
            .options(defer(WebhookDeliveryRow.body, raiseload=True))
        )
        if state is not None:
            # As a literal: else Postgres can't tell that the index of those that failed will do.
            query = query.where(WebhookDeliveryRow.state == bindparam("state", state, literal_execute=True))
        rows: Sequence[Any] = (
            await self.session.execute(_page(query, WebhookDeliveryRow.id, after, limit))
        ).all()
        return rows

    async def audit(
        self, action: str | None, actor_id: str | None, after: str | None, limit: int
    ) -> Sequence[AuditRow]:
        """Give entries of the audit log, newest first, and one more."""
        query = select(AuditRow)
        if action is not None:
            query = query.where(AuditRow.action == action)
        if actor_id is not None:
            query = query.where(AuditRow.actor_id == actor_id)
        return (await self.session.scalars(_page(query, AuditRow.id, after, limit))).all()

    async def questions(self, answered: bool | None, after: str | None, limit: int) -> Sequence[QuestionRow]:
        """Give questions to the FAQ, newest first, and one more; those that it answered, or those not."""
        query = select(QuestionRow)
        if answered is not None:
            has_entry = QuestionRow.entry_id.is_not(None)
            query = query.where(has_entry if answered else ~has_entry)
        return (await self.session.scalars(_page(query, QuestionRow.id, after, limit))).all()

    async def mails(
        self, state: str | None, after: str | None, limit: int
    ) -> Sequence[tuple[MailRow, MailDeliveryRow | None]]:
        """Give mails and their deliveries, newest first, and one more."""
        query = select(MailRow, MailDeliveryRow).outerjoin(
            MailDeliveryRow, MailDeliveryRow.mail_id == MailRow.id
        )
        match state:
            case "waiting":
                query = query.where(MailDeliveryRow.mail_id.is_not(None))
            case "sent":
                query = query.where(MailRow.sent_at.is_not(None))
            case "failed":
                query = query.where(MailRow.failed_at.is_not(None))
        rows = await self.session.execute(_page(query, MailRow.id, after, limit))
        return [(mail, delivery) for mail, delivery in rows]

    async def failed_mails(self, now: datetime, limit: int, mail_id: str | None = None) -> Sequence[MailRow]:
        """Give and lock mails that were given up and can still be of use."""
        query = select(MailRow).where(MailRow.failed_at.is_not(None), MailRow.expires_at > now)
        if mail_id is not None:
            query = query.where(MailRow.id == mail_id)
        query = query.order_by(MailRow.id).limit(limit).with_for_update(skip_locked=True)
        return (await self.session.scalars(query)).all()

    async def counts(self, now: datetime, since: datetime) -> dict[str, int]:
        """Count accounts, projects and sessions."""
        return {
            "users": await self._count(UserRow),
            "users_today": await self._count(UserRow, UserRow.id >= first_id_at(since)),
            "users_disabled": await self._count(UserRow, UserRow.disabled_at.is_not(None)),
            "projects": await self._count(ProjectRow),
            "notifications_today": await self._count(
                NotificationRow, NotificationRow.id >= first_id_at(since)
            ),
            "sessions": await self._count(
                SessionRow, SessionRow.revoked_at.is_(None), SessionRow.expires_at > now
            ),
        }

    async def mail_counts(self, since: datetime) -> tuple[int, int, int, datetime | None]:
        """Count mails that wait, and that were sent and given up since then; and when the oldest began."""
        oldest = select(func.min(MailRow.created_at)).join(
            MailDeliveryRow, MailDeliveryRow.mail_id == MailRow.id
        )
        return (
            await self._count(MailDeliveryRow),
            await self._count(MailRow, MailRow.sent_at >= since),
            await self._count(MailRow, MailRow.failed_at >= since),
            await self.session.scalar(oldest),
        )

    async def jobs_by_state(self, kind: str, since: datetime) -> dict[str, int]:
        """Count jobs of a kind made since then."""
        recent = JobRow.kind == kind, JobRow.id >= first_id_at(since)
        query = select(JobRow.state, func.count().label("jobs")).where(*recent).group_by(JobRow.state)
        return {row.state: row.jobs for row in await self.session.execute(query)}

    async def failures(self, kind: str, since: datetime) -> dict[str, int]:
        """Count failed jobs of a kind by reason."""
        failed = JobRow.kind == kind, JobRow.id >= first_id_at(since), JobRow.state == "failed"
        query = select(JobRow.error_code, func.count().label("jobs")).where(*failed)
        rows = await self.session.execute(query.group_by(JobRow.error_code).order_by(func.count().desc()))
        return {row.error_code or "unknown": row.jobs for row in rows}

    async def durations(self, kind: str, since: datetime) -> list[float]:
        """Give the seconds that the newest jobs that went well took, from acceptance to the end."""
        done = JobRow.kind == kind, JobRow.id >= first_id_at(since), JobRow.state == "succeeded"
        query = select(JobRow.created_at, JobRow.finished_at).where(*done)
        rows = await self.session.execute(query.order_by(JobRow.id.desc()).limit(TIMED_MAX))
        return [(row.finished_at - row.created_at).total_seconds() for row in rows if row.finished_at]

    async def open_jobs(self) -> Sequence[Any]:
        """Count open jobs by tier and state, with the time of the oldest."""
        query = select(
            JobRow.tier, JobRow.state, func.count().label("jobs"), func.min(JobRow.created_at).label("oldest")
        )
        query = query.where(JobRow.state.in_(OPEN_STATES)).group_by(JobRow.tier, JobRow.state)
        return (await self.session.execute(query)).all()

    async def _count(self, table: type[Any], *conditions: ColumnElement[bool]) -> int:
        counted = await self.session.scalar(select(func.count()).select_from(table).where(*conditions))
        return counted or 0


def _page(query: Chosen, key: Any, after: str | None, limit: int) -> Chosen:
    return _newest(query, key, after).limit(limit + 1)


def _newest(query: Chosen, key: Any, after: str | None) -> Chosen:
    if after is not None:
        query = query.where(key < after)
    return query.order_by(key.desc())
