"""Which backend project a folder is linked to, and for whom."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar, cast

import pytest
from hivesync_agent.projects.links import ProjectLinks, Scope
from hivesync_contract.projects import Project, ProjectCreate

T = TypeVar("T")
ADA = Scope("https://a.test", "default", "ada")


@dataclass
class Backend:
    """Creates projects, the same one for the same idempotency key."""

    created: dict[str, Project] = field(default_factory=dict)
    asked_by: list[str] = field(default_factory=list)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: object | None = None,
        decode: type[T],
        idempotency_key: str | None = None,
        user_id: str,
    ) -> T:
        self.asked_by.append(user_id)
        assert (method, path) == ("POST", "/projects")
        assert isinstance(body, ProjectCreate)
        assert idempotency_key is not None
        if idempotency_key not in self.created:
            now = datetime(2026, 11, 23, tzinfo=UTC)
            project = Project(f"p{next(self.numbers)}", body.name, "", "ada", now, now)
            self.created[idempotency_key] = project
        return cast(T, self.created[idempotency_key])


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "projects.default.json"


async def test_a_folder_keeps_its_project(backend: Backend, file: Path) -> None:
    first = await ProjectLinks(file, backend).project_of(ADA, Path("/code/shop"))
    again = await ProjectLinks(file, backend).project_of(ADA, Path("/code/shop"))
    assert (first, again, len(backend.created)) == ("p1", "p1", 1)
    (link,) = await ProjectLinks(file, backend).linked(ADA)
    assert (link.root, link.project_id, link.name) == ("/code/shop", "p1", "shop")


@pytest.mark.parametrize(
    "other",
    [
        Scope("https://b.test", "default", "ada"),
        Scope("https://a.test", "work", "ada"),
        Scope("https://a.test", "default", "bob"),
    ],
)
async def test_another_backend_profile_or_user_has_other_links(
    backend: Backend, file: Path, other: Scope
) -> None:
    links = ProjectLinks(file, backend)
    first = await links.project_of(ADA, Path("/code/shop"))
    assert await links.linked(other) == []
    assert await links.project_of(other, Path("/code/shop")) != first


async def test_a_lost_file_finds_the_same_project_again(backend: Backend, file: Path) -> None:
    first = await ProjectLinks(file, backend).project_of(ADA, Path("/code/shop"))
    await asyncio.to_thread(file.write_bytes, b"{damaged")
    assert await ProjectLinks(file, backend).project_of(ADA, Path("/code/shop")) == first


async def test_a_project_that_is_gone_is_not_found_again(backend: Backend, file: Path) -> None:
    links = ProjectLinks(file, backend)
    first = await links.project_of(ADA, Path("/code/shop"))
    await links.forget(ADA, Path("/code/shop"), first)
    assert await links.linked(ADA) == []
    second = await ProjectLinks(file, backend).project_of(ADA, Path("/code/shop"))
    assert second != first


async def test_forgetting_an_older_project_changes_nothing(backend: Backend, file: Path) -> None:
    links = ProjectLinks(file, backend)
    first = await links.project_of(ADA, Path("/code/shop"))
    await links.forget(ADA, Path("/code/shop"), "p0")
    assert await links.project_of(ADA, Path("/code/shop")) == first


async def test_the_file_is_for_its_user_alone(backend: Backend, file: Path) -> None:
    await ProjectLinks(file, backend).project_of(ADA, Path("/code/shop"))
    modes = await asyncio.to_thread(lambda: [path.stat().st_mode & 0o777 for path in (file, file.parent)])
    assert modes == [0o600, 0o700]
