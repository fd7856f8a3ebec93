"""What a member can do with a project's labels, within one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hivesync_contract.activity import Verb
from hivesync_contract.errors import ErrorCode, FieldError, HiveSyncError

from hivesync_server.adapters.ids import new_id
from hivesync_server.projects.service import PatchInvalid
from hivesync_server.tasks.labels.repository import LabelRepository
from hivesync_server.tasks.news import TaskNews
from hivesync_server.tasks.schemas import LabelCreateBody
from hivesync_server.tasks.tables import LabelRow

LABELS_MAX = 200


class LabelUnknown(HiveSyncError):
    """The project has no such label."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such label.")


class LabelRefused(HiveSyncError):
    """The name is taken, or there are too many."""

    code = ErrorCode.CONFLICT


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels of one project. Before a change the caller locks the project."""

    repository: LabelRepository
    news: TaskNews
    now: datetime

    async def get(self, label_id: str) -> LabelRow:
        """Give a label, or raise `LabelUnknown`."""
        row = await self.repository.get(label_id)
        if row is None:
            raise LabelUnknown
        return row

    async def create(self, body: LabelCreateBody) -> LabelRow:
        """Make a label, or raise `LabelRefused`."""
        await self._check_free(body.name)
        if await self.repository.count() >= LABELS_MAX:
            raise LabelRefused(f"A project has {LABELS_MAX} labels at most; delete one first.")
        row = LabelRow(
            id=new_id(),
            project_id=self.repository.project_id,
            name=body.name,
            name_key=body.name.casefold(),
            color=body.color,
            created_at=self.now,
        )
        await self.repository.add(row)
        await self.news.label_changed(Verb.CREATED, row.id, row.name)
        return row

    async def change(self, row: LabelRow, fields: Mapping[str, str | None]) -> None:
        """Apply a merge patch, or raise `LabelRefused`; clearing a field is refused."""
        for name, value in fields.items():
            if value is None:
                raise PatchInvalid(f"A label needs a {name}.", errors=[FieldError(name, "must not be null")])
        name = fields.get("name") or row.name
        if name.casefold() != row.name_key:
            await self._check_free(name)
        row.name, row.name_key, row.color = name, name.casefold(), fields.get("color") or row.color
        await self.news.label_changed(Verb.CHANGED, row.id, row.name)

    async def delete(self, label_id: str) -> None:
        """Delete a label; no task has it any more."""
        row = await self.get(label_id)
        await self.repository.delete(row)
        await self.news.label_changed(Verb.DELETED, row.id, row.name)

    async def _check_free(self, name: str) -> None:
        if await self.repository.by_key(name.casefold()) is not None:
            error = FieldError("name", "is taken, perhaps in another case")
            raise LabelRefused("The project has a label of that name; take another name.", errors=[error])
