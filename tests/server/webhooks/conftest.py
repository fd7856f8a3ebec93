"""A server that takes webhooks, and users who have some."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_dev.servers.webhook_receiver import WebhookReceiver

HOOKS = "/api/v1/webhooks"


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook of a user at the receiver, and what its owner asks for."""

    user: BackendUser
    id: str
    secret: str

    @property
    def path(self) -> str:
        return f"{HOOKS}/{self.id}"

    async def shown(self) -> dict[str, Any]:
        """Give it as it now is."""
        answer = await self.user.client.get(self.path)
        answer.raise_for_status()
        shown: dict[str, Any] = answer.json()
        return shown

    async def ping(self) -> dict[str, Any]:
        """Ask for a test message and give its delivery."""
        answer = await self.user.client.post(f"{self.path}/test")
        assert answer.status_code == 202, answer.text
        delivery: dict[str, Any] = answer.json()
        return delivery

    async def log(self) -> list[dict[str, Any]]:
        """Give the deliveries, newest first."""
        items: list[dict[str, Any]] = (await self.user.client.get(f"{self.path}/deliveries")).json()["items"]
        return items

    async def delivery(self, delivery_id: str) -> dict[str, Any]:
        """Give one delivery."""
        found: dict[str, Any] = (await self.user.client.get(f"{self.path}/deliveries/{delivery_id}")).json()
        return found


async def hook(user: BackendUser, url: str, *events: str, project_id: str | None = None) -> Hook:
    """Make a webhook."""
    body = {"url": url, "events": list(events or ("*",)), "project_id": project_id}
    answer = await user.client.post(HOOKS, json=body)
    assert answer.status_code == 201, answer.text
    return Hook(user, answer.json()["webhook"]["id"], answer.json()["secret"])


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    receiver = await WebhookReceiver().start()
    yield receiver
    await receiver.stop()


@pytest.fixture(autouse=True)
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Endpoints that failed rest for seconds; tests that are about something else don't wait for that."""
    monkeypatch.setattr("hivesync_server.webhooks.patience._REST_FIRST_SECONDS", 0.02)


def wake(backend: RunningBackend) -> None:
    """Let the dispatcher look now, as when the clock was moved."""
    backend.resources.webhook_ready.set()
