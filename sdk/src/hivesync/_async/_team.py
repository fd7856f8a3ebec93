"""A project's team, and the invites that wait for the user."""

from __future__ import annotations

from collections.abc import AsyncIterator

from hivesync_contract.projects import Project
from hivesync_contract.team import Invite, InviteCreate, Member, TeamInvite, TeamTransfer

from hivesync._async._resource import Resource
from hivesync._paths import segment


class AsyncTeam(Resource):
    """`client.projects.team(project_id)`. Only the owner invites, removes and hands over."""

    def members(self) -> AsyncIterator[Member]:
        """Give everyone in the team, the owner too."""
        return self._items("", Member)

    def invites(self) -> AsyncIterator[TeamInvite]:
        """Give the invites that wait for an answer."""
        return self._items("/invites", TeamInvite)

    async def invite(self, *, email: str | None = None, username: str | None = None) -> TeamInvite:
        """Invite by one of both; whether there is such an account is not told."""
        return await self._decoded("POST", "/invites", TeamInvite, InviteCreate(email, username))

    async def revoke_invite(self, invite_id: str) -> None:
        """Take an invite back."""
        await self._sent("DELETE", f"/invites/{segment(invite_id)}")

    async def remove(self, user_id: str) -> None:
        """Remove a member, or leave with one's own id."""
        await self._sent("DELETE", f"/members/{segment(user_id)}")

    async def transfer(self, user_id: str) -> Project:
        """Hand the project over to a member."""
        return await self._decoded("POST", "/transfer", Project, TeamTransfer(user_id))


class AsyncInvites(Resource):
    """`client.invites`: those that wait for the signed-in user."""

    def list(self) -> AsyncIterator[Invite]:
        """Give every invite."""
        return self._items("", Invite)

    async def accept(self, invite_id: str) -> Member:
        """Join the team."""
        return await self._decoded("POST", f"/{segment(invite_id)}/accept", Member)

    async def decline(self, invite_id: str) -> None:
        """Say no."""
        await self._sent("POST", f"/{segment(invite_id)}/decline")
