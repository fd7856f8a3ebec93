"""Who works on a project, and who is invited to."""

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


@dataclass(frozen=True, slots=True)
class InviteCreate:
    """`POST /projects/{id}/team/invites`: one of both. Whether there is such an account is not told."""

    email: str | None = None
    username: str | None = None


@dataclass(frozen=True, slots=True)
class TeamInvite:
    """An invite that waits for its answer, as the owner sees it. `invitee`: the address or name as given."""

    id: str
    invitee: str
    invited_by: str | None
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Invite:
    """An invite that waits for its answer, as the invited user sees it at `GET /invites`."""

    id: str
    project_id: str
    project_name: str
    invited_by: str | None
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TeamTransfer:
    """`POST /projects/{id}/team/transfer`: the member who owns the project from now on."""

    user_id: str


@dataclass(frozen=True, slots=True)
class TeamEvent:
    """`team.changed`: who is in it, or who owns the project. One who finds it gone is no longer a member."""

    project_id: str
