"""News for the users of a running backend, as its domains would tell them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from hivesync_contract.notifications import NotificationType, SubjectKind
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.notifications.notifier import News
from hivesync_server.notifications.service import notifier_on

Tell = Callable[..., Awaitable[None]]


@pytest.fixture
def tell(backend: RunningBackend) -> Tell:
    """Tells one user something, in a transaction of its own."""

    async def run(
        user: BackendUser,
        text: str = "Ann assigned you a task",
        kind: NotificationType = NotificationType.TASK_ASSIGNED,
        actor: BackendUser | None = None,
    ) -> None:
        news = News(kind, text, SubjectKind.TASK, actor_id=actor.profile["id"] if actor else None)
        async with backend.resources.database.transaction() as transaction:
            await notifier_on(backend.resources, transaction).tell([user.profile["id"]], news)

    return run
