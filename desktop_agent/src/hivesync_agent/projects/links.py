"""Which project of the backend a folder belongs to, remembered per (origin, profile, user).

Another user, or another backend, never sees a folder's earlier link: ids must not cross accounts.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec
from hivesync.private_files import write_private
from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.projects import Project, ProjectCreate

from hivesync_agent.projects.root import Approval

T = TypeVar("T")
_NAME_CHARACTERS = 120


class Backend(Protocol):
    """The calls that links and previews make, and nothing more."""

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
        """Make one call below `/api/v1` in this user's name alone, or raise a `HiveSyncError`."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose links: one user of one backend, in one account profile."""

    origin: str
    profile: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Link:
    """A folder and its project. `generation` counts the projects that were lost before this one.

    `by_user` tells a link that was asked for, whose folder is watched, from one that a preview made.
    `workspace_roots` are folders outside of it that the user approved.
    """

    scope: Scope
    root: str
    project_id: str
    name: str
    generation: int = 0
    by_user: bool = False
    workspace_roots: tuple[str, ...] = ()


class ProjectLinks:
    """The links of this machine's user, in one small file that is replaced in one step."""

    def __init__(self, path: Path, backend: Backend) -> None:
        self._path = path
        self._backend = backend
        self._links: list[Link] | None = None
        self._lock = asyncio.Lock()

    async def linked(self, scope: Scope) -> list[Link]:
        """Give the links of a user, by folder."""
        async with self._lock:
            links = await self._load()
            return sorted((link for link in links if _is_live(link, scope)), key=lambda link: link.root)

    async def approvals(self, scope: Scope) -> list[Approval]:
        """Give what a user lets projects read beyond their roots, by the folders that he linked."""
        return [
            Approval(Path(link.root), tuple(map(Path, link.workspace_roots)))
            for link in await self.linked(scope)
            if link.by_user
        ]

    async def project_of(self, scope: Scope, root: Path) -> str:
        """Give the project's id, creating the project at the first preview of its folder."""
        async with self._lock:
            last = self._last(await self._load(), scope, root)
            if last is not None and last.project_id:
                return last.project_id
            link = await self._create(scope, root, last.generation if last else 0)
            await self._remember(link)
            return link.project_id

    async def link(
        self, scope: Scope, root: Path, project_id: str | None, workspace_roots: Iterable[Path] = ()
    ) -> Link:
        """Link a folder as the user asks: to a project that he has, or to one that is made for it."""
        async with self._lock:
            last = self._last(await self._load(), scope, root)
            if project_id is not None and (last is None or last.project_id != project_id):
                project = await self._backend.call(
                    "GET", f"/projects/{project_id}", decode=Project, user_id=scope.user_id
                )
                last = Link(scope, str(root), project.id, project.name, last.generation if last else 0)
            elif last is None or not last.project_id:
                last = await self._create(scope, root, last.generation if last else 0)
            link = replace(last, by_user=True, workspace_roots=tuple(map(str, workspace_roots)))
            await self._remember(link)
            return link

    async def unlink(self, scope: Scope, project_id: str) -> Link | None:
        """Forget a folder's link, not the project; linked anew, the folder finds it again."""
        async with self._lock:
            links = await self._load()
            ours = (each for each in links if each.scope == scope and each.project_id == project_id)
            gone = next(ours, None)
            if gone is not None:
                await self._write([each for each in links if each != gone])
            return gone

    async def forget(self, scope: Scope, root: Path, project_id: str) -> None:
        """Drop a link whose project is gone on the server; the next preview makes a new one."""
        async with self._lock:
            last = self._last(await self._load(), scope, root)
            if last is not None and last.project_id == project_id:
                # Kept with its count: the same idempotency key would give the deleted project again.
                await self._remember(replace(last, project_id="", generation=last.generation + 1))

    async def _create(self, scope: Scope, root: Path, generation: int) -> Link:
        name = (root.name or "project")[:_NAME_CHARACTERS]
        project = await self._backend.call(
            "POST",
            "/projects",
            body=ProjectCreate(name=name),
            decode=Project,
            idempotency_key=_creation_key(scope, root, generation),
            user_id=scope.user_id,
        )
        return Link(scope, str(root), project.id, project.name, generation)

    async def _load(self) -> list[Link]:
        if self._links is None:
            self._links = await asyncio.to_thread(_read, self._path)
        return self._links

    async def _remember(self, link: Link) -> None:
        others = [each for each in await self._load() if (each.scope, each.root) != (link.scope, link.root)]
        await self._write([*others, link])

    async def _write(self, links: list[Link]) -> None:
        await asyncio.to_thread(write_private, self._path, msgspec.json.encode(links))
        self._links = links

    @staticmethod
    def _last(links: list[Link], scope: Scope, root: Path) -> Link | None:
        return next((link for link in links if link.scope == scope and link.root == str(root)), None)


def is_gone(error: HiveSyncError) -> bool:
    """Tell whether the backend says that the project, or the preview, does not exist any more."""
    return error.code is ErrorCode.NOT_FOUND


def _is_live(link: Link, scope: Scope) -> bool:
    return link.scope == scope and bool(link.project_id)


def _creation_key(scope: Scope, root: Path, generation: int) -> str:
    """Give the same key for the same folder, so that an agent killed in between makes no second project."""
    parts = "\n".join((scope.origin, scope.profile, scope.user_id, str(root), str(generation)))
    return "project-" + hashlib.sha256(parts.encode("utf-8", "surrogateescape")).hexdigest()[:40]


def _read(path: Path) -> list[Link]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Link])
    except (OSError, msgspec.MsgspecError):
        return []  # absent or damaged: the idempotency key finds the same projects again
