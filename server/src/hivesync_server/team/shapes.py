"""The wire form of members and invites."""

from __future__ import annotations

from hivesync_contract.team import Invite, Member, Role, TeamInvite

from hivesync_server.projects.tables import ProjectRow
from hivesync_server.team.repository import InviteFound, MemberAndName
from hivesync_server.team.tables import InviteRow


def member_shape(found: MemberAndName, project: ProjectRow) -> Member:
    """Give a member's wire form."""
    row, username = found
    role = Role.OWNER if row.user_id == project.owner_id else Role.MEMBER
    return Member(row.user_id, username, role, row.joined_at)


def team_invite_shape(row: InviteRow, inviter: str | None) -> TeamInvite:
    """Give an invite as the owner sees it."""
    return TeamInvite(row.id, row.login, inviter, row.created_at, row.expires_at)


def invite_shape(found: InviteFound) -> Invite:
    """Give an invite as the invited user sees it."""
    row, project_name, inviter = found
    return Invite(row.id, row.project_id, project_name, inviter, row.created_at, row.expires_at)
