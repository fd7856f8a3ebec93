"""What can be done with projects, within one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from hivesync_contract.activity import ActivityKind, Verb
from hivesync_contract.errors import ErrorCode, FieldError, HiveSyncError
from hivesync_contract.projects import Project

from hivesync_server.activity.service import Activity, ActivityDep
from hivesync_server.adapters.ids import new_id
from hivesync_server.auth.principal import Principal
from hivesync_server.projects.repository import ProjectRepository
from hivesync_server.projects.schemas import ProjectCreateBody, project_shape, tag_key
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.resources import ResourcesDep, TransactionDep
from hivesync_server.services import service
from hivesync_server.team.repository import TeamRepository


class ProjectUnknown(HiveSyncError):
    """There is no such project, or one is no member of it: the answer is the same."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such project.")


class OwnerOnly(HiveSyncError):
    """A member asked for what only the owner may do."""

    code = ErrorCode.FORBIDDEN

    def __init__(self) -> None:
        super().__init__("Only the project's owner may do this.")


class PatchInvalid(HiveSyncError):
    """A field that must have a value was cleared."""

    code = ErrorCode.VALIDATION_ERROR


@dataclass(frozen=True, slots=True)
class Projects:
    """Projects of the user who asks."""

    repository: ProjectRepository
    team: TeamRepository
    activity: Activity
    now: datetime

    async def create(self, owner_id: str, body: ProjectCreateBody) -> ProjectRow:
        """Make a project."""
        row = ProjectRow(
            id=new_id(),
            owner_id=owner_id,
            name=body.name,
            description=body.description,
            created_at=self.now,
            updated_at=self.now,
        )
        await self.repository.add(row)
        await self._set_tags(row, body.tags)
        await self.team.add(row.id, owner_id, self.now)
        self.activity.note(row.id, owner_id, Verb.CREATED, ActivityKind.PROJECT, row.id, {"name": row.name})
        return row

    async def get(self, project_id: str, user_id: str, *, lock: bool = False) -> ProjectRow:
        """Give a project, or raise `ProjectUnknown`."""
        row = await self.repository.visible(project_id, user_id, lock=lock)
        if row is None:
            raise ProjectUnknown
        return row

    async def check_visible(self, project_id: str, principal: Principal) -> None:
        """Raise `ProjectUnknown` where `get` would, for those who want to know no more of the project."""
        if principal.member_of == project_id:
            return
        if not await self.team.is_member(project_id, principal.user_id):
            raise ProjectUnknown

    async def owned(self, project_id: str, user_id: str) -> ProjectRow:
        """Give and lock a project, or raise `ProjectUnknown`, or `OwnerOnly` for a mere member."""
        row = await self.get(project_id, user_id, lock=True)
        self.check_owner(row, user_id)
        return row

    def check_owner(self, row: ProjectRow, user_id: str) -> None:
        """Raise `OwnerOnly` for a mere member."""
        if row.owner_id != user_id:
            raise OwnerOnly

    async def is_favorite(self, project_id: str, user_id: str) -> bool:
        """Tell whether the user has it at hand, or raise `ProjectUnknown`."""
        row = await self.get(project_id, user_id)
        return await self.repository.is_favorite(row.id, user_id)

    async def set_favorite(self, project_id: str, user_id: str, favorite: bool) -> None:
        """Put it at hand or away, or raise `ProjectUnknown`; doing it twice is no error."""
        row = await self.get(project_id, user_id, lock=True)
        await self.repository.set_favorite(row.id, user_id, favorite)

    async def delete(self, project_id: str, user_id: str) -> None:
        """Delete a project with everything in it, or raise `ProjectUnknown` or `OwnerOnly`."""
        row = await self.owned(project_id, user_id)
        await self.activity.hooks.tell_deletion(row, user_id)
        await self.repository.delete(row)

    async def change(self, row: ProjectRow, actor_id: str, changes: Mapping[str, Any]) -> None:
        """Apply a merge patch; clearing the name is refused."""
        if "name" in changes:
            name = changes["name"]
            if name is None:
                raise PatchInvalid("A project needs a name.", errors=[FieldError("name", "must not be null")])
            row.name = name
        if "description" in changes:
            row.description = changes["description"] or ""
        if "tags" in changes:
            await self._set_tags(row, changes["tags"] or [])
        row.updated_at = self.now
        noted = {
            name: ", ".join(value) if isinstance(value, list) else value for name, value in changes.items()
        }
        self.activity.note(row.id, actor_id, Verb.CHANGED, ActivityKind.PROJECT, row.id, noted)

    async def shapes(self, rows: Sequence[ProjectRow]) -> dict[str, Project]:
        """Give wire forms, by id."""
        tags = await self.repository.tags([row.id for row in rows])
        return {row.id: project_shape(row, tags.get(row.id, ())) for row in rows}

    async def shape(self, row: ProjectRow) -> Project:
        """Give one wire form."""
        return (await self.shapes([row]))[row.id]

    async def _set_tags(self, row: ProjectRow, tags: Sequence[str]) -> None:
        await self.repository.set_tags(row.id, {tag_key(tag): tag for tag in tags})


async def _projects(resources: ResourcesDep, transaction: TransactionDep, activity: ActivityDep) -> Projects:
    session = transaction.session
    return Projects(ProjectRepository(session), TeamRepository(session), activity, resources.clock())


ProjectsDep = Annotated[Projects, service(_projects)]
