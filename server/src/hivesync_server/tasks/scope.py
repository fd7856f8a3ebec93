"""What the routes of tasks act on: the project of the address, already checked to be the caller's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.auth.repository import UserRepository
from hivesync_server.events.publisher import EventPublisher
from hivesync_server.http.fields import ResourceId
from hivesync_server.notifications.service import NotifierDep
from hivesync_server.projects.service import ProjectsDep
from hivesync_server.resources import ResourcesDep, TransactionDep
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


async def _scope(
    request: Request,
    project_id: ResourceId,
    principal: CurrentPrincipal,
    projects: ProjectsDep,
    resources: ResourcesDep,
    transaction: TransactionDep,
    notifier: NotifierDep,
) -> TaskScope:
    # One change of a project's tasks at a time: order, dependencies and labels are only right together.
    await projects.get(project_id, principal.user_id, lock=request.method != "GET")
    session, now = transaction.session, projects.now
    labels = LabelRepository(session, project_id)
    news = TaskNews(
        project_id,
        principal.user_id,
        projects.team,
        UserRepository(session),
        EventPublisher(transaction, resources.hub, now),
        notifier,
        projects.activity,
    )
    tasks = Tasks(TaskRepository(session, project_id), labels, Ordering(session, project_id), news, now)
    return TaskScope(project_id, tasks, Labels(labels, news, now))


TaskScopeDep = Annotated[TaskScope, Depends(_scope)]
