"""Queries on accounts and sessions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.adapters.tables import Id
from hivesync_server.auth.tables import (
    DeviceCodeRow,
    MailedTokenRow,
    RefreshTokenRow,
    ReservedNameRow,
    SessionRow,
    UserRow,
    WebSessionRow,
)
from hivesync_server.team.tables import ProjectMemberRow


@dataclass(frozen=True, slots=True)
class UserRepository:
    """Accounts."""

    session: AsyncSession

    async def by_id(self, user_id: str) -> UserRow | None:
        return await self.session.get(UserRow, user_id)

    async def by_login(self, login: str) -> UserRow | None:
        """Find by address or name; the two can't meet, since a name has no `@`."""
        if "\0" in login:
            return None  # Postgres refuses even to look for it.
        column = UserRow.email if "@" in login else UserRow.username
        return await self.session.scalar(select(UserRow).where(column == login))

    async def by_email(self, email: str) -> UserRow | None:
        return await self.session.scalar(select(UserRow).where(UserRow.email == email))

    async def locked(self, user_id: str) -> UserRow | None:
        """Give an account that nobody else changes until this transaction ends."""
        query = select(UserRow).where(UserRow.id == user_id).with_for_update()
        return await self.session.scalar(query.execution_options(populate_existing=True))

    async def is_name_taken(self, username: str) -> bool:
        """Tell whether a name belongs to someone, or has to seem so."""
        if await self.session.get(ReservedNameRow, username) is not None:
            return True
        query = select(UserRow.id).where(UserRow.username == username)
        return await self.session.scalar(query) is not None

    async def reserve(self, username: str, until: datetime) -> None:
        self.session.add(ReservedNameRow(username=username, expires_at=until))
        await self.session.flush()

    async def forget_unconfirmed(self, before: datetime) -> None:
        """Drop accounts whose address was never confirmed and that nobody ever signed in to."""
        signed_in = select(SessionRow.user_id).where(SessionRow.user_id == UserRow.id).exists()
        old = ~UserRow.email_verified, UserRow.created_at < before, ~signed_in
        await self.session.execute(delete(UserRow).where(*old))

    async def add(self, user: UserRow) -> None:
        self.session.add(user)
        await self.session.flush()


@dataclass(frozen=True, slots=True)
class SessionStanding:
    """A session as requests see it, and whose it is."""

    user_id: str
    tier: str
    expires_at: datetime
    revoked_at: datetime | None
    confirmed_generation: int
    is_member: bool


_STANDING = (
    select(
        SessionRow.user_id,
        UserRow.tier,
        SessionRow.expires_at,
        SessionRow.revoked_at,
        SessionRow.confirmed_generation,
        exists().where(
            ProjectMemberRow.user_id == SessionRow.user_id,
            ProjectMemberRow.project_id == bindparam("project_id", type_=Id),
        ),
    )
    .join(UserRow, UserRow.id == SessionRow.user_id)
    .where(SessionRow.id == bindparam("session_id", type_=Id))
)
"""Made once: every request asks it."""


@dataclass(frozen=True, slots=True)
class SessionRepository:
    """Sessions and their refresh tokens."""

    session: AsyncSession

    async def add(self, row: SessionRow) -> None:
        self.session.add(row)
        await self.session.flush()

    async def standing(self, session_id: str, project_id: str | None) -> SessionStanding | None:
        """Give what each request has to know of its session, and whether its user is a member of a project.

        The second question is most requests' next one, and would cost them as much as the first.
        """
        asked = {"session_id": session_id, "project_id": project_id}
        row = (await self.session.execute(_STANDING, asked)).one_or_none()
        return SessionStanding(*row) if row else None

    async def living(self, session_ids: Collection[str], now: datetime) -> frozenset[str]:
        """Give those of these sessions that have not ended."""
        query = select(SessionRow.id).where(
            SessionRow.id.in_(session_ids), SessionRow.revoked_at.is_(None), SessionRow.expires_at > now
        )
        return frozenset((await self.session.scalars(query)).all())

    async def locked(self, session_id: str) -> SessionRow | None:
        """Give a session that nobody else changes until this transaction ends."""
        query = select(SessionRow).where(SessionRow.id == session_id).with_for_update()
        return await self.session.scalar(query.execution_options(populate_existing=True))

    async def of_user(self, user_id: str, now: datetime) -> Sequence[SessionRow]:
        query = select(SessionRow).where(
            SessionRow.user_id == user_id, SessionRow.revoked_at.is_(None), SessionRow.expires_at > now
        )
        return (await self.session.scalars(query.order_by(SessionRow.id.desc()))).all()

    async def page(self, user_id: str, now: datetime, after: str | None, limit: int) -> Sequence[SessionRow]:
        """Give up to `limit` that last, newest first, and one more if there is more."""
        query = select(SessionRow).where(
            SessionRow.user_id == user_id, SessionRow.revoked_at.is_(None), SessionRow.expires_at > now
        )
        if after is not None:
            query = query.where(SessionRow.id < after)
        return (await self.session.scalars(query.order_by(SessionRow.id.desc()).limit(limit + 1))).all()

    async def has_been_in(self, user_id: str, network: str) -> bool:
        """Tell whether the user has signed in from a network, as far as we remember."""
        query = select(SessionRow.id).where(SessionRow.user_id == user_id, SessionRow.network == network)
        return await self.session.scalar(query.limit(1)) is not None

    async def is_strange(self, user_id: str, label: str, network: str) -> bool:
        """Tell whether a user who has had sessions never had one with this label, nor from this network."""
        ours = select(SessionRow.id).where(SessionRow.user_id == user_id)
        like = ours.where((SessionRow.label == label) | (SessionRow.network == network))
        had_any = await self.session.scalar(ours.limit(1)) is not None
        return had_any and await self.session.scalar(like.limit(1)) is None

    async def forget_other_ways_in(self, user_id: str) -> None:
        """Drop the browsers of a user, and the device sign-ins that were approved but not yet taken up."""
        await self.session.execute(delete(WebSessionRow).where(WebSessionRow.user_id == user_id))
        await self.session.execute(delete(DeviceCodeRow).where(DeviceCodeRow.user_id == user_id))

    async def token(self, token_hash: bytes) -> RefreshTokenRow | None:
        query = select(RefreshTokenRow).where(RefreshTokenRow.token_hash == token_hash)
        return await self.session.scalar(query.execution_options(populate_existing=True))

    async def add_token(self, row: RefreshTokenRow) -> None:
        self.session.add(row)
        await self.session.flush()

    async def retire_before(self, session_id: str, generation: int, now: datetime) -> None:
        """Retire every token older than `generation` that still counts."""
        await self.session.execute(
            update(RefreshTokenRow)
            .where(
                RefreshTokenRow.session_id == session_id,
                RefreshTokenRow.generation < generation,
                RefreshTokenRow.retired_at.is_(None),
            )
            .values(retired_at=now)
        )

    async def forget_ended(self, before: datetime) -> None:
        """Drop what ended long ago; the rows that hang on them go too."""
        await self.session.execute(delete(SessionRow).where(SessionRow.expires_at < before))
        await self.session.execute(delete(DeviceCodeRow).where(DeviceCodeRow.expires_at < before))
        await self.session.execute(delete(WebSessionRow).where(WebSessionRow.expires_at < before))


@dataclass(frozen=True, slots=True)
class MailedTokenRepository:
    """What mails entitle to."""

    session: AsyncSession

    async def add(self, row: MailedTokenRow) -> None:
        self.session.add(row)
        await self.session.flush()

    async def locked(self, token_hash: bytes) -> MailedTokenRow | None:
        query = select(MailedTokenRow).where(MailedTokenRow.token_hash == token_hash)
        return await self.session.scalar(query.with_for_update())

    async def remove(self, user_id: str, purposes: Collection[str]) -> None:
        mine = MailedTokenRow.user_id == user_id, MailedTokenRow.purpose.in_(purposes)
        await self.session.execute(delete(MailedTokenRow).where(*mine))

    async def forget(self, now: datetime) -> None:
        """Drop what has expired."""
        await self.session.execute(delete(MailedTokenRow).where(MailedTokenRow.expires_at <= now))
        await self.session.execute(delete(ReservedNameRow).where(ReservedNameRow.expires_at <= now))
