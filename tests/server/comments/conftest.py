"""A project of ann's with bob in its team, and short calls about its comments."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.events.tables import EventRow
from hivesync_server.team.repository import TeamRepository
from sqlalchemy import select

SignUp = Callable[[str], Awaitable[BackendUser]]
ON_PROJECT: dict[str, Any] = {"kind": "project"}


@dataclass(frozen=True, slots=True)
class Place:
    """One project."""

    backend: RunningBackend
    id: str

    @property
    def path(self) -> str:
        return f"/api/v1/projects/{self.id}/comments"

    async def join(self, user: BackendUser) -> None:
        async with self.backend.resources.database.transaction() as transaction:
            await TeamRepository(transaction.session).add(self.id, user.profile["id"], datetime.now(UTC))

    async def say(
        self, user: BackendUser, body: str = "Hello", target: dict[str, Any] = ON_PROJECT
    ) -> dict[str, Any]:
        answer = await user.client.post(self.path, json={"target": target, "body": body})
        answer.raise_for_status()
        comment: dict[str, Any] = answer.json()
        return comment

    async def bodies(self, user: BackendUser, query: str = "") -> list[str]:
        answer = await user.client.get(self.path + query)
        answer.raise_for_status()
        return [item["body"] for item in answer.json()["items"]]

    async def events(self, user: BackendUser) -> list[tuple[str, str]]:
        """Give type and comment of each event of the user's that is about a comment."""
        query = select(EventRow).where(EventRow.user_id == user.profile["id"]).order_by(EventRow.number)
        async with self.backend.resources.database.transaction(writes=False) as transaction:
            rows = (await transaction.session.scalars(query)).all()
        return [(row.type, json.loads(row.data)["id"]) for row in rows if row.type.startswith("comment.")]


async def news(user: BackendUser) -> list[tuple[str, str]]:
    """Give type and subject of a user's notifications, oldest first."""
    items = (await user.client.get("/api/v1/notifications")).json()["items"]
    return [(item["type"], item["subject_id"]) for item in reversed(items)]


def on_line(path: str = "src/App.tsx", line: int = 3, **more: str) -> dict[str, Any]:
    return {"kind": "file", "path": path, "line": line, **more}


@pytest.fixture
async def place(ann: BackendUser, bob: BackendUser, backend: RunningBackend) -> Place:
    """Ann's project, of which bob is a member."""
    place = Place(backend, await ann.project("Shop"))
    await place.join(bob)
    return place
