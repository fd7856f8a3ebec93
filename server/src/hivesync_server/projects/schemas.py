"""Limits on what projects take; the shapes themselves are the contract's."""

from __future__ import annotations

from typing import Annotated

from hivesync_contract.projects import Project, ProjectCreate
from pydantic import Field
from pydantic.dataclasses import dataclass

from hivesync_server.http.fields import STRICT, Line, Prose
from hivesync_server.projects.tables import ProjectRow

Name = Annotated[Line, Field(min_length=1, max_length=120)]
Description = Annotated[Prose, Field(max_length=10_000)]


@dataclass(frozen=True, slots=True, config=STRICT)
class ProjectCreateBody(ProjectCreate):
    """Body of `POST /projects`."""

    name: Name
    description: Description = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class ProjectPatch:
    """Body of `PATCH /projects/{id}`, a JSON Merge Patch: what is absent stays, null clears."""

    name: Name | None = None
    description: Description | None = None


def project_shape(row: ProjectRow) -> Project:
    """Give a project's wire form."""
    return Project(row.id, row.name, row.description, row.owner_id, row.created_at, row.updated_at)
