"""Begins projects as templates say, within the transaction that makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from hivesync_contract.errors import ErrorCode, FieldError, HiveSyncError
from hivesync_contract.projects import ProjectTemplate

from hivesync_server.services import service
from hivesync_server.tasks.schemas import LabelCreateBody, TaskCreateBody
from hivesync_server.tasks.scope import TaskScopes, TaskScopesDep
from hivesync_server.templates.catalog import templates


class TemplateUnknown(HiveSyncError):
    """There is no template of that key."""

    code = ErrorCode.VALIDATION_ERROR

    def __init__(self) -> None:
        error = FieldError("template", f"must be one of {', '.join(templates())}")
        super().__init__("There is no such template; GET /projects/templates lists them.", errors=[error])


@dataclass(frozen=True, slots=True)
class Templates:
    """What new projects can begin with."""

    scopes: TaskScopes

    def named(self, key: str) -> ProjectTemplate:
        """Give a template, or raise `TemplateUnknown`."""
        if key not in templates():
            raise TemplateUnknown
        return templates()[key]

    async def begin(self, project_id: str, owner_id: str, template: ProjectTemplate) -> None:
        """Give a new project the labels and tasks of a template."""
        scope = self.scopes.of(project_id, owner_id)
        label_ids = {}
        for label in template.labels:
            row = await scope.labels.create(LabelCreateBody(name=label.name, color=label.color))
            label_ids[label.name] = row.id
        for task in template.tasks:
            await scope.tasks.create(
                TaskCreateBody(
                    title=task.title,
                    description=task.description,
                    label_ids=[label_ids[name] for name in task.labels],
                )
            )


async def _templates(scopes: TaskScopesDep) -> Templates:
    return Templates(scopes)


TemplatesDep = Annotated[Templates, service(_templates)]
