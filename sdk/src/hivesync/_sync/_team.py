# Generated from hivesync/_async by `make generate`; do not edit.
"""A project's team, and the invites that wait for the user."""

from __future__ import annotations

from collections.abc import Iterator

from hivesync_contract.projects import Project
from hivesync_contract.team import Invite, InviteCreate, Member, TeamInvite, TeamTransfer

from hivesync._paths import segment
from hivesync._sync._resource import Resource


class Team(Resource):
    """`client.projects.team(project_id)`. Only the owner invites, removes and hands over."""

    def members(self) -> Iterator[Member]:
        """Give everyone in the team, the owner too."""
        return self._items("", Member)

    def invites(self) -> Iterator[TeamInvite]:
        """Give the invites that wait for an answer."""
        return self._items("/invites", TeamInvite)

    def invite(self, *, email: str | None = None, username: str | None = None) -> TeamInvite:
        """Invite by one of both; whether there is such an account is not told."""
        return self._decoded("POST", "/invites", TeamInvite, InviteCreate(email, username))

    def revoke_invite(self, invite_id: str) -> None:
        """Take an invite back."""
        self._sent("DELETE", f"/invites/{segment(invite_id)}")

    def remove(self, user_id: str) -> None:
        """Remove a member, or leave with one's own id."""
        self._sent("DELETE", f"/members/{segment(user_id)}")

    def transfer(self, user_id: str) -> Project:
        """Hand the project over to a member."""
        return self._decoded("POST", "/transfer", Project, TeamTransfer(user_id))


class Invites(Resource):
    """`client.invites`: those that wait for the signed-in user."""

    def list(self) -> Iterator[Invite]:
        """Give every invite."""
        return self._items("", Invite)

    def accept(self, invite_id: str) -> Member:
        """Join the team."""
        return self._decoded("POST", f"/{segment(invite_id)}/accept", Member)

    def decline(self, invite_id: str) -> None:
        """Say no."""
        self._sent("POST", f"/{segment(invite_id)}/decline")
