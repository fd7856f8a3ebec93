"""Tells who has to know of what happened in a team: in the activity, by event, notification and mail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from hivesync_contract.activity import ActivityKind, Verb
from hivesync_contract.events import EventType
from hivesync_contract.notifications import NotificationType, SubjectKind
from hivesync_contract.team import TeamEvent

from hivesync_server.activity.service import Activity
from hivesync_server.adapters.cache import Cache
from hivesync_server.auth.tables import UserRow
from hivesync_server.events.publisher import EventPublisher
from hivesync_server.mails.letters import MailKind, letter
from hivesync_server.mails.mail import Mail, Mailer
from hivesync_server.notifications.notifier import News, Notifier
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.team.repository import TeamRepository
from hivesync_server.team.tables import InviteRow

MAILS_PER_ADDRESS = 5
_MAILS_SECONDS = 86_400
"""Invites of whatever projects; one beyond is made all the same, and waits where the invited find it."""


@dataclass(frozen=True, slots=True)
class TeamNews:
    """Works in the transaction of what it tells."""

    team: TeamRepository
    activity: Activity
    events: EventPublisher
    notifier: Notifier
    mailer: Mailer
    cache: Cache
    base_url: str

    async def invited(
        self, project: ProjectRow, invite: InviteRow, inviter: UserRow, invitee: UserRow | None
    ) -> None:
        """Tell the invited, as far as we know whose the address or name is."""
        # The activity does not tell who was invited: that is between the owner and the invited.
        self.activity.note(project.id, inviter.id, Verb.INVITED, ActivityKind.INVITE, invite.id)
        by_address = "@" in invite.login
        known = invitee if invitee is not None and (invitee.email_verified or not by_address) else None
        address = invite.login if by_address else known.email if known and known.email_verified else None
        if invitee is not None and invitee.disabled_at is not None:
            address = None
        news = News(
            NotificationType.TEAM_INVITE,
            f"{inviter.username} invites you to “{project.name}”",
            SubjectKind.INVITE,
            invite.id,
            project.id,
            inviter.id,
        )
        await self._tell_whoever_it_is(news, known)
        await self._write_to(address, inviter, invite.login)

    async def joined(self, project: ProjectRow, user: UserRow) -> None:
        """Tell the members, and above all the owner."""
        self._note(project, user.id, Verb.JOINED, user.id, user.username)
        # Before the notification: its event then needs no counter that is not locked yet.
        await self._changed(project)
        text = f"{user.username} joined “{project.name}”"
        news = News(NotificationType.TEAM_JOINED, text, SubjectKind.PROJECT, project.id, project.id, user.id)
        await self.notifier.tell([project.owner_id], news)

    async def declined(self, project: ProjectRow) -> None:
        """Let the owner's programs look at the invites again."""
        await self.events.publish(project.owner_id, EventType.TEAM_CHANGED, TeamEvent(project.id))

    async def left(self, project: ProjectRow, user_id: str, username: str, actor_id: str) -> None:
        """Tell the members and the one who is none any more."""
        verb = Verb.LEFT if user_id == actor_id else Verb.REMOVED
        self._note(project, actor_id, verb, user_id, username)
        await self._changed(project, user_id)

    async def transferred(self, project: ProjectRow, user_id: str, username: str, actor_id: str) -> None:
        """Tell the members who owns the project now."""
        self._note(project, actor_id, Verb.TRANSFERRED, user_id, username)
        await self._changed(project)

    def _note(self, project: ProjectRow, actor_id: str, verb: Verb, user_id: str, username: str) -> None:
        self.activity.note(project.id, actor_id, verb, ActivityKind.MEMBER, user_id, {"username": username})

    async def _changed(self, project: ProjectRow, *more: str) -> None:
        audience = {*await self.team.user_ids(project.id), *more}
        await self.events.publish_to(audience, EventType.TEAM_CHANGED, TeamEvent(project.id))

    async def _tell_whoever_it_is(self, news: News, known: UserRow | None) -> None:
        """Tell the invited, if there is one."""
        async with self._kept_if(known is not None):
            if known is not None:
                await self.notifier.tell([known.id], news)
            else:
                await self.notifier.tell([news.actor_id or ""], replace(news, actor_id=None))

    async def _write_to(self, address: str | None, inviter: UserRow, login: str) -> None:
        """Mail the invited, unless the address has got many: invites must not fill a mailbox."""
        count = await self.cache.increment(f"invites-to:{address or login}", _MAILS_SECONDS)
        async with self._kept_if(address is not None and count <= MAILS_PER_ADDRESS):
            await self.mailer.send(self._letter(address or inviter.email, inviter))

    @asynccontextmanager
    async def _kept_if(self, kept: bool) -> AsyncIterator[None]:
        """Undo what is done in here otherwise: were it not done, its time would say who has an account."""
        async with self.team.session.begin_nested() as work:
            yield
            await self.team.session.flush()
            if not kept:
                await work.rollback()

    def _letter(self, address: str, inviter: UserRow) -> Mail:
        # Without the project's name: it goes to people who never asked for it, so nobody but us words it.
        link = f"{self.base_url}/invites"
        return letter(MailKind.INVITE, address, inviter=inviter.username, link=link)
