"""Changes that are collected before they are sent together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TaskEdit:
    """One change of a batch, made by `tasks.edit(…)`: it holds what was given, and no other field."""

    id: str
    patch: dict[str, Any]
    if_match: str | None = None
