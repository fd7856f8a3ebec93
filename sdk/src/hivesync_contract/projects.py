"""Projects of the backend."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from hivesync_contract.tasks import LabelCreate


@dataclass(frozen=True, slots=True)
class ProjectCreate:
    """`POST /projects`. `name`: 1–120 characters.

    `tags`: up to 20 of 1–50 characters, of which no two differ by case alone. `template`: the key of one of
    `GET /projects/templates`, whose labels and tasks the project begins with.
    """

    name: str
    description: str = ""
    tags: list[str] = field(default_factory=list)
    template: str | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """A project, as its members see it. `tags` are sorted, whatever their case."""

    id: str
    name: str
    description: str
    owner_id: str
    created_at: datetime
    updated_at: datetime
    tags: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TemplateTask:
    """A task of a template; `labels` are names of the template's."""

    title: str
    description: str = ""
    labels: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ProjectTemplate:
    """What a new project can begin with."""

    key: str
    name: str
    description: str
    labels: list[LabelCreate]
    tasks: list[TemplateTask]


@dataclass(frozen=True, slots=True)
class ProjectFavorite:
    """`…/favorite`. Not a part of the project: it is each user's own, and must not make a change outdated."""

    favorite: bool


@dataclass(frozen=True, slots=True)
class ProjectTags:
    """`…/tags`: all of a project's, as in `Project`."""

    tags: list[str]
