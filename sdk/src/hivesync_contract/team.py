"""Who works on a project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    OWNER = "owner"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a project's team."""

    user_id: str
    username: str
    role: Role
    joined_at: datetime
