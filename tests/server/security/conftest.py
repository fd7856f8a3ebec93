"""A backend that counts no requests: tests that call every route are not about that limit."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_dev.servers.webhook_receiver import WebhookReceiver
from hivesync_server.auth.tables import UserRow
from sqlalchemy import update

from tests.server.security.belongings import SignUp
from tests.server.security.routes import Operation, operations


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    """The environment, with as many requests as anybody likes."""
    tiers = {tier: {"requests_per_minute": 1_000_000} for tier in ("free", "pro", "premium")}
    unlimited = {"ANONYMOUS_REQUESTS_PER_MINUTE": "1000000", "TIER_LIMITS": json.dumps(tiers)}
    return environ | unlimited


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    """A server that takes webhooks."""
    receiver = await WebhookReceiver().start()
    yield receiver
    await receiver.stop()


@pytest.fixture
async def all_operations(client: httpx.AsyncClient) -> list[Operation]:
    """Every operation that the backend describes."""
    return operations((await client.get("/api/v1/openapi.json")).json())


@pytest.fixture
async def owner(sign_up: SignUp, backend: RunningBackend) -> BackendUser:
    """The owner of the server, signed in."""
    owner = await sign_up("owner")
    async with backend.resources.database.transaction() as transaction:
        mine = UserRow.id == owner.profile["id"]
        await transaction.session.execute(update(UserRow).where(mine).values(is_admin=True))
    return owner
