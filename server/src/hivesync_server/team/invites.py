"""Invites: made and revoked by the owner, answered by who was invited, within one transaction.

An invite names an address or a username, and never an account: so the answer is the same whether there is
one, and who registers later finds it. By address it is for whoever has confirmed that address; by name, for
the account that had the name when it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from hivesync_server.adapters.ids import new_id
from hivesync_server.auth.errors import AuthInvalid
from hivesync_server.auth.repository import UserRepository
from hivesync_server.auth.tables import UserRow
from hivesync_server.projects.service import Projects, ProjectsDep
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.resources import TransactionDep
from hivesync_server.services import service
from hivesync_server.team.errors import AlreadyMember, InviteSettled, InviteUnknown, TooManyInvites
from hivesync_server.team.news import TeamNews
from hivesync_server.team.repository import InviteFound, InviteRepository, MemberAndName, TeamRepository
from hivesync_server.team.service import TeamNewsDep
from hivesync_server.team.tables import InviteRow, InviteState

INVITE_LIFE = timedelta(days=30)
OPEN_MAX = 100

_SETTLED = {
    InviteState.PENDING: "The invite has expired; ask the project's owner for a new one.",
    InviteState.ACCEPTED: "The invite was accepted; leave the project, or remove the member, instead.",
    InviteState.DECLINED: "The invite was declined; ask the project's owner for a new one.",
    InviteState.REVOKED: "The invite was revoked; ask the project's owner for a new one.",
}


@dataclass(frozen=True, slots=True)
class Invites:
    """Invites of a project, and those of the user who asks."""

    projects: Projects
    repository: InviteRepository
    team: TeamRepository
    users: UserRepository
    news: TeamNews
    now: datetime

    async def create(self, project_id: str, owner_id: str, login: str) -> tuple[InviteRow, UserRow]:
        """Invite somebody and give the invite and its maker; doing it twice gives the first one again."""
        project = await self.projects.owned(project_id, owner_id)
        inviter, invitee = await self._account(owner_id), await self.users.by_login(login)
        # Members see each other's names, but not their addresses.
        is_shown = "@" not in login or (invitee is not None and invitee.id == owner_id)
        # Asked for nobody as well, or the time would say who has an account.
        user_id = invitee.id if invitee is not None else new_id()
        if is_shown and await self.team.is_member(project.id, user_id):
            raise AlreadyMember
        waiting = await self.repository.pending(project.id, login)
        if waiting is not None and waiting.expires_at > self.now:
            return waiting, inviter
        if waiting is not None:
            await self.repository.settle(waiting, InviteState.REVOKED)
        if await self.repository.count_open(project.id, self.now) >= OPEN_MAX:
            raise TooManyInvites(OPEN_MAX)
        row = InviteRow(
            id=new_id(),
            project_id=project.id,
            login=login,
            inviter_id=owner_id,
            state=InviteState.PENDING.value,
            created_at=self.now,
            expires_at=self.now + INVITE_LIFE,
        )
        await self.repository.add(row)
        await self.news.invited(project, row, inviter, invitee)
        return row, inviter

    async def revoke(self, project_id: str, owner_id: str, invite_id: str) -> None:
        """Take an invite back; once it is accepted, that is too late: `InviteSettled`."""
        project = await self.projects.owned(project_id, owner_id)
        row = await self.repository.by_id(invite_id)
        if row is None or row.project_id != project.id:
            raise InviteUnknown
        if row.state == InviteState.ACCEPTED:
            raise InviteSettled(_SETTLED[InviteState.ACCEPTED])
        await self.repository.settle(row, InviteState.REVOKED)

    async def mine(self, user_id: str, after: str | None, limit: int) -> Sequence[InviteFound]:
        """Give up to `limit` of the user's open invites, newest first, and one more if there is more."""
        user = await self._account(user_id)
        # One query for each: the index then gives both in order, and only these few are sorted.
        pages = [
            await self.repository.page_of_login(login, self.now, after, limit) for login in _logins(user)
        ]
        found = [entry for page in pages for entry in page if _is_for(entry[0], user)]
        return sorted(found, key=lambda entry: entry[0].id, reverse=True)[: limit + 1]

    async def accept(self, invite_id: str, user_id: str) -> tuple[MemberAndName, ProjectRow]:
        """Join; doing it twice changes nothing. Raise `InviteUnknown` or `InviteSettled`."""
        user = await self._account(user_id)
        row, project = await self._locked(invite_id, user)
        member = await self.team.member(project.id, user.id)
        if member is None:
            self._check_open(row)
            await self.team.add(project.id, user.id, self.now)
            await self.news.joined(project, user)
            member = await self.team.member(project.id, user.id)
        if member is None:
            raise InviteUnknown  # The account ended at this moment.
        await self.repository.settle_all(project.id, _logins(user), InviteState.ACCEPTED)
        return member, project

    async def decline(self, invite_id: str, user_id: str) -> None:
        """Refuse it; doing it twice changes nothing. Raise `InviteUnknown` or `InviteSettled`."""
        row, project = await self._locked(invite_id, await self._account(user_id))
        if row.state == InviteState.DECLINED:
            return
        self._check_open(row)
        await self.repository.settle(row, InviteState.DECLINED)
        await self.news.declined(project)

    async def _locked(self, invite_id: str, user: UserRow) -> tuple[InviteRow, ProjectRow]:
        row = await self.repository.by_id(invite_id)
        if row is None or not _is_for(row, user):
            raise InviteUnknown
        project = await self.projects.repository.locked(row.project_id)
        # Now that nobody else can change it: as it is, not as it was before we waited.
        row = await self.repository.by_id(invite_id)
        if row is None or project is None:
            raise InviteUnknown
        return row, project

    def _check_open(self, row: InviteRow) -> None:
        if row.state != InviteState.PENDING or row.expires_at <= self.now:
            raise InviteSettled(_SETTLED[InviteState(row.state)])

    async def _account(self, user_id: str) -> UserRow:
        user = await self.users.by_id(user_id)
        if user is None:
            raise AuthInvalid("The account is gone.")
        return user


def _logins(user: UserRow) -> list[str]:
    return [user.username, *([user.email] if user.email_verified else [])]


def _is_for(row: InviteRow, user: UserRow) -> bool:
    # A name can be registered by anyone, so only who had it then was meant.
    by_name = row.login == user.username and user.created_at <= row.created_at
    return by_name or (user.email_verified and row.login == user.email)


async def _invites(projects: ProjectsDep, transaction: TransactionDep, news: TeamNewsDep) -> Invites:
    session = transaction.session
    return Invites(
        projects, InviteRepository(session), projects.team, UserRepository(session), news, projects.now
    )


InvitesDep = Annotated[Invites, service(_invites)]
