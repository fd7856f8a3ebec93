"""What can be done with a team, within one transaction. The project's lock puts it all in one order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from hivesync_server.activity.service import ActivityDep
from hivesync_server.notifications.service import NotifierDep
from hivesync_server.projects.service import OwnerOnly, Projects, ProjectsDep
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.resources import ResourcesDep
from hivesync_server.services import service
from hivesync_server.team.errors import MemberUnknown, NewOwnerUnknown, OwnerStays
from hivesync_server.team.leaving import forget_member
from hivesync_server.team.news import TeamNews
from hivesync_server.team.repository import TeamRepository
from hivesync_server.webhooks.withdrawal import withdraw_webhooks


@dataclass(frozen=True, slots=True)
class Team:
    """The team of a project, for the member who asks."""

    projects: Projects
    repository: TeamRepository
    news: TeamNews

    async def remove(self, project_id: str, actor_id: str, user_id: str) -> None:
        """Remove a member, or leave; raise `OwnerOnly`, `OwnerStays` or `MemberUnknown`."""
        project = await self.projects.get(project_id, actor_id, lock=True)
        if user_id != actor_id and project.owner_id != actor_id:
            raise OwnerOnly
        if user_id == project.owner_id:
            raise OwnerStays
        found = await self.repository.member(project.id, user_id)
        if found is None:
            raise MemberUnknown
        row, username = found
        await self.repository.remove(row)
        await forget_member(self.repository.session, project.id, user_id)
        await self.news.left(project, user_id, username, actor_id)

    async def transfer(self, project_id: str, actor_id: str, user_id: str) -> ProjectRow:
        """Give the project to another member, or raise `OwnerOnly` or `NewOwnerUnknown`."""
        project = await self.projects.owned(project_id, actor_id)
        found = await self.repository.member(project.id, user_id)
        if found is None:
            raise NewOwnerUnknown
        if user_id != project.owner_id:
            project.owner_id = user_id
            project.updated_at = self.projects.now
            await self.news.transferred(project, user_id, found[1], actor_id)
            await withdraw_webhooks(self.repository.session, project.id, actor_id)
        return project


async def _news(
    resources: ResourcesDep, projects: ProjectsDep, activity: ActivityDep, notifier: NotifierDep
) -> TeamNews:
    base_url = resources.settings.http.base_url
    mailer, events = notifier.mailer, notifier.events
    return TeamNews(projects.team, activity, events, notifier, mailer, resources.cache, base_url)


TeamNewsDep = Annotated[TeamNews, service(_news)]


async def _team(projects: ProjectsDep, news: TeamNewsDep) -> Team:
    return Team(projects, projects.team, news)


TeamDep = Annotated[Team, service(_team)]
