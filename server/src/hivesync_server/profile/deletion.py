"""The end of an account, with everything that is its alone. It can't be undone, so it is proved twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated

from hivesync_contract.errors import ErrorCode, FieldError, HiveSyncError
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.adapters.db import Transaction
from hivesync_server.audit.service import AuditAction
from hivesync_server.auth.accounts import Accounts
from hivesync_server.auth.errors import AuthInvalid, PasswordWrong
from hivesync_server.auth.repository import UserRepository
from hivesync_server.auth.services import AccountsDep
from hivesync_server.auth.tables import UserRow
from hivesync_server.auth.totp.proof import Proof
from hivesync_server.auth.totp.second_factor import SecondFactor, SecondFactorDep
from hivesync_server.events.hub import EventHub
from hivesync_server.mails.letters import MailKind, letter
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.resources import ResourcesDep, TransactionDep
from hivesync_server.services import service
from hivesync_server.team.service import Team, TeamDep
from hivesync_server.team.tables import ProjectMemberRow

_SHOWN_MAX = 50


class ProjectsShared(HiveSyncError):
    """Others work in projects that would go with the account; `errors` names them."""

    code = ErrorCode.CONFLICT

    def __init__(self, projects: Sequence[ProjectRow]) -> None:
        named = [FieldError(f"projects.{row.id}", f"“{row.name}” has other members") for row in projects]
        super().__init__(
            "You own projects that others work in. Transfer or delete them, or remove the members.",
            errors=named[:_SHOWN_MAX],
        )


class TeamJoined(HiveSyncError):
    """A project came to the account while it was about to be deleted."""

    code = ErrorCode.CONFLICT

    def __init__(self) -> None:
        super().__init__("You joined a team at this moment; nothing was deleted. Try again.")


@dataclass(frozen=True, slots=True)
class AccountDeletion:
    """Within one transaction. Projects are locked before the account, as by everybody who locks both."""

    transaction: Transaction
    accounts: Accounts
    factor: SecondFactor
    team: Team
    hub: EventHub
    base_url: str

    async def delete(self, user_id: str, password: str, proof: Proof) -> None:
        """Delete the account.

        Raise `PasswordWrong`, `TotpRequired`, `TotpInvalid`, `ProjectsShared` or `TeamJoined`.
        """
        known = (await self.accounts.confirm(user_id, password)).password_hash
        session = self.transaction.session
        projects = await self._projects(session, user_id)
        user = await UserRepository(session).locked(user_id)
        if user is None:
            raise AuthInvalid("The account is gone.")
        if user.password_hash != known:  # changed while we waited
            raise PasswordWrong
        # From here on nobody can give the account anything; what came before we can't lock any more.
        if await self._project_ids(session, user_id) != {row.id for row in projects}:
            raise TeamJoined
        await self.factor.check(user, proof)
        owned = [row for row in projects if row.owner_id == user_id]
        if shared := await self._shared(session, owned):
            raise ProjectsShared(shared)
        for row in projects:
            if row.owner_id != user_id:
                await self.team.remove(row.id, user_id, user_id)
        await self._end(user)

    async def _project_ids(self, session: AsyncSession, user_id: str) -> set[str]:
        mine = select(ProjectMemberRow.project_id).where(ProjectMemberRow.user_id == user_id)
        return set(await session.scalars(mine))

    async def _projects(self, session: AsyncSession, user_id: str) -> Sequence[ProjectRow]:
        mine = select(ProjectMemberRow.project_id).where(ProjectMemberRow.user_id == user_id)
        query = select(ProjectRow).where(ProjectRow.id.in_(mine)).order_by(ProjectRow.id)
        return (await session.scalars(query.with_for_update())).all()

    async def _shared(self, session: AsyncSession, owned: Sequence[ProjectRow]) -> Sequence[ProjectRow]:
        ids = [row.id for row in owned]
        members = select(ProjectMemberRow.project_id).where(ProjectMemberRow.project_id.in_(ids))
        several = members.group_by(ProjectMemberRow.project_id).having(func.count() > 1)
        found = set(await session.scalars(several))
        return [row for row in owned if row.id in found]

    async def _end(self, user: UserRow) -> None:
        # The address of whoever is gone is not kept: neither here nor with the mail's words.
        replace(self.factor.audit, address="").note(AuditAction.ACCOUNT_DELETED, user.id, user.id)
        mail = letter(MailKind.ACCOUNT_DELETED, user.email, username=user.username, base_url=self.base_url)
        await self.factor.mailer.send(mail)
        # Everything else hangs on the account in the database; objects are found by what is left of them.
        await self.transaction.session.delete(user)
        await self.transaction.session.flush()
        self.transaction.after_commit(partial(self.hub.publish, user.id))


async def _deletion(
    resources: ResourcesDep,
    transaction: TransactionDep,
    accounts: AccountsDep,
    factor: SecondFactorDep,
    team: TeamDep,
) -> AccountDeletion:
    base_url = resources.settings.http.base_url
    return AccountDeletion(transaction, accounts, factor, team, resources.hub, base_url)


AccountDeletionDep = Annotated[AccountDeletion, service(_deletion)]
