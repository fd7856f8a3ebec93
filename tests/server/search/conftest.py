"""What ann and bob write, and short calls that search it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hivesync_dev.servers.backend_user import BackendUser


@dataclass(frozen=True, slots=True)
class Author:
    """One user, who writes in one project and searches everywhere."""

    user: BackendUser
    project_id: str

    @property
    def project(self) -> str:
        return f"/api/v1/projects/{self.project_id}"

    async def task(self, title: str, description: str = "") -> str:
        """Make a task and give its id."""
        return await self._add("tasks", {"title": title, "description": description})

    async def comment(self, body: str, **target: Any) -> str:
        """Write a comment and give its id."""
        return await self._add("comments", {"body": body, "target": {"kind": "project", **target}})

    async def results(self, q: str, **query: Any) -> dict[str, Any]:
        answer = await self.user.client.get("/api/v1/search", params={"q": q, **query})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def found(self, q: str, **query: Any) -> list[str]:
        """Give the text of each thing found: its title or, without one, its snippet."""
        items = (await self.results(q, **query))["items"]
        return [plain(item["title"]) or plain(item["snippet"]) for item in items]

    async def _add(self, below: str, body: dict[str, Any]) -> str:
        answer = await self.user.client.post(f"{self.project}/{below}", json=body)
        answer.raise_for_status()
        return str(answer.json()["id"])


def plain(parts: list[dict[str, Any]]) -> str:
    return "".join(part["text"] for part in parts)


def marked(parts: list[dict[str, Any]]) -> list[str]:
    """Give the words that are shown as found."""
    return [part["text"] for part in parts if part["found"]]


@pytest.fixture
async def author(ann: BackendUser) -> Author:
    """Ann, in her project."""
    return Author(ann, await ann.project("Shop"))


@pytest.fixture
async def stranger(bob: BackendUser) -> Author:
    """Bob, in his."""
    return Author(bob, await bob.project("Garden"))
