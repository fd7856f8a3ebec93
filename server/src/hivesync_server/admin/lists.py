"""Everybody's accounts, projects, jobs, mails and acts, page by page."""

from __future__ import annotations

from dataclasses import dataclass

from hivesync_contract.admin import (
    AdminJob,
    AdminLog,
    AdminMail,
    AdminProject,
    AdminQuestion,
    AdminUser,
    AdminWebhookDelivery,
    AuditEntry,
)
from hivesync_contract.pages import Page

from hivesync_server.admin.repository import AdminRepository
from hivesync_server.admin.shapes import (
    delivery_shape,
    entry_shape,
    job_shape,
    log_shape,
    mail_shape,
    project_shape,
    question_shape,
    user_shape,
)
from hivesync_server.http.pagination import PageRequest
from hivesync_server.logbook.repository import LogRepository


@dataclass(frozen=True, slots=True)
class Lists:
    """Reads only; newest first."""

    repository: AdminRepository

    async def users(self, page: PageRequest, query: str = "") -> Page[AdminUser]:
        found = await self.repository.users(query.strip().lower(), page.after, page.limit)
        return page.found(found, lambda row: row.id, user_shape)

    async def projects(self, page: PageRequest) -> Page[AdminProject]:
        rows = await self.repository.projects(page.after, page.limit)
        return page.page(rows, lambda row: row.id, project_shape)

    async def jobs(self, page: PageRequest, state: str | None = None) -> Page[AdminJob]:
        rows = await self.repository.jobs(state, page.after, page.limit)
        names = await self.repository.names({row.user_id for row in rows})
        return page.page(rows, lambda row: row.id, lambda row: job_shape(row, names))

    async def mails(self, page: PageRequest, state: str | None = None) -> Page[AdminMail]:
        rows = await self.repository.mails(state, page.after, page.limit)
        return page.page(rows, lambda row: row[0].id, lambda row: mail_shape(*row))

    async def webhook_deliveries(
        self, page: PageRequest, state: str | None = None
    ) -> Page[AdminWebhookDelivery]:
        rows = await self.repository.webhook_deliveries(state, page.after, page.limit)
        return page.page(rows, lambda row: row[0].id, delivery_shape)

    async def logs(self, page: PageRequest, level: str | None = None) -> Page[AdminLog]:
        rows = await LogRepository(self.repository.session).page(level, page.after, page.limit)
        return page.page(rows, lambda row: row.id, log_shape)

    async def audit(
        self, page: PageRequest, action: str | None = None, actor_id: str | None = None
    ) -> Page[AuditEntry]:
        rows = await self.repository.audit(action, actor_id, page.after, page.limit)
        names = await self.repository.names({each for row in rows for each in (row.actor_id, row.subject_id)})
        return page.page(rows, lambda row: row.id, lambda row: entry_shape(row, names))

    async def questions(self, page: PageRequest, answered: bool | None = None) -> Page[AdminQuestion]:
        rows = await self.repository.questions(answered, page.after, page.limit)
        return page.page(rows, lambda row: row.id, question_shape)
