"""What a user can do with API keys, within one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated

from hivesync_contract.api_keys import ApiKey, ApiKeyCreated
from hivesync_contract.errors import ErrorCode, FieldError, HiveSyncError

from hivesync_server.adapters.ids import new_id
from hivesync_server.api_keys.repository import ApiKeyRepository
from hivesync_server.api_keys.schemas import ApiKeyCreateBody, api_key_shape
from hivesync_server.api_keys.secret import HINT_CHARACTERS, key_hash, new_key
from hivesync_server.api_keys.tables import ApiKeyRow
from hivesync_server.audit.service import Audit, AuditAction, AuditDep
from hivesync_server.auth.repository import UserRepository
from hivesync_server.mails.letters import MailKind, letter
from hivesync_server.mails.mail import Mailer
from hivesync_server.mails.outbox import OutboxMailer
from hivesync_server.projects.service import Projects, ProjectsDep
from hivesync_server.resources import ResourcesDep, TransactionDep
from hivesync_server.services import service

KEYS_MAX = 50


class ApiKeyUnknown(HiveSyncError):
    """There is no such key, or it is someone else's: the answer is the same."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such API key.")


class ApiKeysTooMany(HiveSyncError):
    """Keys that nobody counts are keys that nobody misses."""

    code = ErrorCode.CONFLICT

    def __init__(self) -> None:
        super().__init__(f"You have {KEYS_MAX} API keys, and there can't be more; delete some first.")


class ExpiryPast(HiveSyncError):
    """The key would have been over before it was made."""

    code = ErrorCode.VALIDATION_ERROR

    def __init__(self) -> None:
        field = FieldError("expires_at", "must be in the future")
        super().__init__("An API key must expire in the future, or never.", errors=[field])


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """Keys of the user who asks."""

    repository: ApiKeyRepository
    users: UserRepository
    projects: Projects
    audit: Audit
    mailer: Mailer
    now: datetime
    ended: Callable[[str], None]
    """Called with the user whose key has ended, so that streams opened by it end too."""

    async def create(self, user_id: str, body: ApiKeyCreateBody) -> ApiKeyCreated:
        """Make a key, or raise `ExpiryPast`, `ProjectUnknown` or `ApiKeysTooMany`."""
        if body.expires_at is not None and body.expires_at <= self.now:
            raise ExpiryPast
        project_ids = sorted(set(body.project_ids or ()))
        for project_id in project_ids:
            await self.projects.get(project_id, user_id)
        if await self.repository.count(user_id) >= KEYS_MAX:
            raise ApiKeysTooMany
        key = new_key()
        row = ApiKeyRow(
            id=new_id(),
            user_id=user_id,
            name=body.name,
            scope=body.scope.value,
            limited=body.project_ids is not None,
            key_hash=key_hash(key),
            hint=key[-HINT_CHARACTERS:],
            created_at=self.now,
            expires_at=body.expires_at,
            last_used_at=None,
        )
        await self.repository.add(row, project_ids)
        self.audit.note(AuditAction.API_KEY_CREATED, user_id, row.id, {"name": row.name, "scope": row.scope})
        await self._tell(row)
        return ApiKeyCreated(api_key_shape(row, project_ids), key)

    async def _tell(self, row: ApiKeyRow) -> None:
        # A key outlives the session that made it, and that may have been a stolen one.
        if user := await self.users.by_id(row.user_id):
            await self.mailer.send(
                letter(MailKind.API_KEY_CREATED, user.email, name=row.name, scope=row.scope, hint=row.hint)
            )

    async def shapes(self, rows: Sequence[ApiKeyRow]) -> dict[str, ApiKey]:
        """Give the wire forms of keys, by id."""
        projects = await self.repository.projects(row.id for row in rows)
        return {row.id: api_key_shape(row, projects.get(row.id, [])) for row in rows}

    async def delete(self, key_id: str, user_id: str) -> None:
        """End a key at once, or raise `ApiKeyUnknown`."""
        row = await self.repository.of_user(key_id, user_id)
        if row is None:
            raise ApiKeyUnknown
        self.audit.note(AuditAction.API_KEY_DELETED, user_id, row.id, {"name": row.name})
        await self.repository.delete(row)
        self.ended(user_id)


async def _api_keys(
    resources: ResourcesDep, transaction: TransactionDep, projects: ProjectsDep, audit: AuditDep
) -> ApiKeys:
    session, now = transaction.session, resources.clock()
    mailer = OutboxMailer(session, now)

    def ended(user_id: str) -> None:
        transaction.after_commit(partial(resources.hub.publish, user_id))

    return ApiKeys(ApiKeyRepository(session), UserRepository(session), projects, audit, mailer, now, ended)


ApiKeysDep = Annotated[ApiKeys, service(_api_keys)]
