"""What the routes of tasks act on: the project of the address, already checked to be the caller's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from hivesync_server.adapters.db import Transaction
from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.auth.repository import UserRepository
from hivesync_server.events.hub import EventHub
from hivesync_server.events.publisher import EventPublisher
from hivesync_server.http.fields import ResourceId
from hivesync_server.notifications.notifier import Notifier
from hivesync_server.notifications.service import NotifierDep
from hivesync_server.projects.service import Projects, ProjectsDep
from hivesync_server.resources import ResourcesDep, TransactionDep
from hivesync_server.services import service
from hivesync_server.tasks.labels.repository import LabelRepository
from hivesync_server.tasks.labels.service import Labels
from hivesync_server.tasks.news import TaskNews
from hivesync_server.tasks.ordering import Ordering
from hivesync_server.tasks.repository import TaskRepository
from hivesync_server.tasks.service import Tasks


@dataclass(frozen=True, slots=True)
class TaskScope:
    """Tasks and labels of one project."""

    project_id: str
    tasks: Tasks
    labels: Labels


@dataclass(frozen=True, slots=True)
class TaskScopes:
    """Gives the scope of a project; who asks has checked that the user is a member, and locked it."""

    projects: Projects
    transaction: Transaction
    hub: EventHub
    notifier: Notifier

    def of(self, project_id: str, user_id: str) -> TaskScope:
        session, now = self.transaction.session, self.projects.now
        labels = LabelRepository(session, project_id)
        news = TaskNews(
            project_id,
            user_id,
            self.projects.team,
            UserRepository(session),
            EventPublisher(self.transaction, self.hub, now),
            self.notifier,
            self.projects.activity,
        )
        tasks = Tasks(TaskRepository(session, project_id), labels, Ordering(session, project_id), news, now)
        return TaskScope(project_id, tasks, Labels(labels, news, now))


async def _scopes(
    projects: ProjectsDep, resources: ResourcesDep, transaction: TransactionDep, notifier: NotifierDep
) -> TaskScopes:
    return TaskScopes(projects, transaction, resources.hub, notifier)


TaskScopesDep = Annotated[TaskScopes, service(_scopes)]


async def _scope(
    request: Request, project_id: ResourceId, principal: CurrentPrincipal, scopes: TaskScopesDep
) -> TaskScope:
    if request.method == "GET":
        await scopes.projects.check_visible(project_id, principal)
    else:
        # One change of a project's tasks at a time: order, dependencies and labels are only right together.
        await scopes.projects.get(project_id, principal.user_id, lock=True)
    return scopes.of(project_id, principal.user_id)


TaskScopeDep = Annotated[TaskScope, Depends(_scope)]
