"""Projects of the backend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ProjectCreate:
    """`POST /projects`. `name`: 1–120 characters."""

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """A project, as its members see it."""

    id: str
    name: str
    description: str
    owner_id: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ProjectFavorite:
    """`…/favorite`. Not a part of the project: it is each user's own, and must not make a change outdated."""

    favorite: bool
