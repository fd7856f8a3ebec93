"""A server whose alerts go to a Slack on this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_dev.servers.webhook_receiver import WebhookReceiver
from hivesync_server.auth.tables import UserRow
from sqlalchemy import update


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    """A server whose Slack may be on this machine."""
    return environ | {"ALERT_SLACK_HOSTS": "hooks.slack.com, 127.0.0.1"}


@pytest.fixture
async def slack() -> AsyncIterator[WebhookReceiver]:
    """A Slack."""
    receiver = await WebhookReceiver().start()
    yield receiver
    await receiver.stop()


@pytest.fixture
async def ann(ann: BackendUser, backend: RunningBackend) -> BackendUser:
    """The administrator."""
    async with backend.resources.database.transaction() as transaction:
        admin = update(UserRow).where(UserRow.id == ann.profile["id"])
        await transaction.session.execute(admin.values(is_admin=True, email_verified=True))
    return ann
