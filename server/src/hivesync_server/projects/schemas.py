"""Limits on what projects take; the shapes themselves are the contract's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from hivesync_contract.projects import Project, ProjectCreate, ProjectTags
from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from hivesync_server.http.fields import STRICT, Line, Prose
from hivesync_server.projects.tables import ProjectRow

Name = Annotated[Line, Field(min_length=1, max_length=120)]
TAGS_MAX = 20


def _different(tags: list[str]) -> list[str]:
    if len({tag_key(tag) for tag in tags}) < len(tags):
        raise ValueError("must not have a tag twice, whatever its case")
    return sorted(tags, key=tag_key)


def tag_key(tag: str) -> str:
    """Give what two tags share that differ by case alone."""
    return tag.casefold()


Tag = Annotated[Line, Field(min_length=1, max_length=50)]
Tags = Annotated[list[Tag], Field(max_length=TAGS_MAX), AfterValidator(_different)]
Description = Annotated[Prose, Field(max_length=10_000)]


@dataclass(frozen=True, slots=True, config=STRICT)
class ProjectCreateBody(ProjectCreate):
    """Body of `POST /projects`."""

    name: Name
    description: Description = ""
    tags: Tags = Field(default_factory=list)
    template: Annotated[str, Field(max_length=50)] | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class ProjectPatch:
    """Body of `PATCH /projects/{id}`, a JSON Merge Patch: what is absent stays, null clears."""

    name: Name | None = None
    description: Description | None = None
    tags: Tags | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class ProjectTagsBody(ProjectTags):
    """Body of `PUT /projects/{id}/tags`."""

    tags: Tags


def project_shape(row: ProjectRow, tags: Sequence[str]) -> Project:
    """Give a project's wire form."""
    return Project(
        id=row.id,
        name=row.name,
        description=row.description,
        owner_id=row.owner_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        tags=list(tags),
    )
