"""A project that Ann owns and Bob is a member of, short calls on its tasks, and the files of one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.team.repository import TeamRepository

from .shelf import Shelf


@dataclass(slots=True)
class Board:
    """One project's tasks, as one of its members sees them."""

    user: BackendUser
    project_id: str

    @property
    def root(self) -> str:
        return f"/api/v1/projects/{self.project_id}/tasks"

    @property
    def labels(self) -> str:
        return f"/api/v1/projects/{self.project_id}/labels"

    def as_seen_by(self, user: BackendUser) -> Board:
        return Board(user, self.project_id)

    async def add(self, title: str, **fields: Any) -> dict[str, Any]:
        """Make a task."""
        return await self._json("POST", self.root, {"title": title, **fields})

    async def patch(self, task: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """Change a task."""
        return await self._json("PATCH", f"{self.root}/{task['id']}", fields)

    async def get(self, task: dict[str, Any]) -> dict[str, Any]:
        return await self._json("GET", f"{self.root}/{task['id']}")

    async def titles(self, query: str = "") -> list[str]:
        """Give the titles of a list, in its order."""
        return [item["title"] for item in (await self._json("GET", self.root + query))["items"]]

    async def label(self, name: str, **fields: Any) -> dict[str, Any]:
        """Make a label."""
        return await self._json("POST", self.labels, {"name": name, **fields})

    async def ask(self, method: str, below: str, body: object = None, **options: Any) -> httpx.Response:
        """Send a request below the tasks."""
        return await self.user.client.request(method, self.root + below, json=body, **options)

    async def _json(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        answer = await self.user.client.request(method, path, json=body)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found


async def join(backend: RunningBackend, user: BackendUser, project_id: str) -> None:
    """Make a user a member."""
    async with backend.resources.database.transaction() as transaction:
        await TeamRepository(transaction.session).add(project_id, user.profile["id"], datetime.now(UTC))


@pytest.fixture
async def board(ann: BackendUser) -> Board:
    """Ann's project."""
    return Board(ann, await ann.project())


@pytest.fixture
async def shared(board: Board, bob: BackendUser, backend: RunningBackend) -> Board:
    """The same with Bob as a member."""
    await join(backend, bob, board.project_id)
    return board


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
async def shelf(shared: Board, browser: httpx.AsyncClient) -> Shelf:
    """A task of Ann's, in the project where Bob is a member."""
    return Shelf(shared, (await shared.add("Fix it"))["id"], browser)
