"""Projects of the backend."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from hivesync_contract.activity import ActivityEntry
from hivesync_contract.pages import LIMIT_MAX, Page
from hivesync_contract.projects import (
    Project,
    ProjectCreate,
    ProjectFavorite,
    ProjectTags,
    ProjectTemplate,
)

from hivesync._async._builds import AsyncProjectAiDocs, AsyncProjectPreviews
from hivesync._async._comments import AsyncComments
from hivesync._async._labels import AsyncLabels
from hivesync._async._resource import Resource
from hivesync._async._router import Router
from hivesync._async._tasks import AsyncTasks
from hivesync._async._team import AsyncTeam
from hivesync._call import new_call
from hivesync._paths import segment

_PATH = "/api/v1/projects"


class AsyncProjects:
    """`client.projects`."""

    def __init__(self, router: Router) -> None:
        self._router = router

    async def list(
        self, *, favorite: bool | None = None, tag: str | None = None, page_size: int = LIMIT_MAX
    ) -> AsyncIterator[Project]:
        """Give every project that matches, fetching pages as they are needed."""
        cursor: str | None = None
        while True:
            page = await self.page(limit=page_size, cursor=cursor, favorite=favorite, tag=tag)
            for project in page.items:
                yield project
            cursor = page.next_cursor
            if cursor is None:
                return

    async def page(
        self,
        *,
        limit: int = LIMIT_MAX,
        cursor: str | None = None,
        favorite: bool | None = None,
        tag: str | None = None,
    ) -> Page[Project]:
        """Give one page."""
        wanted = {"favorite": None if favorite is None else str(favorite).lower(), "tag": tag}
        call = new_call("GET", _PATH, params={"limit": limit, "cursor": cursor, **wanted})
        return (await self._router.send(call)).raise_for_status().decode(Page[Project])

    async def templates(self) -> Sequence[ProjectTemplate]:
        """Give what a new project can begin with."""
        answer = await self._router.send(new_call("GET", f"{_PATH}/templates"))
        return answer.raise_for_status().decode(Page[ProjectTemplate]).items

    async def get(self, project_id: str) -> Project:
        """Give one project; raise `NotFound` if it is not yours either."""
        return await self._project("GET", f"{_PATH}/{segment(project_id)}")

    async def create(
        self, name: str, description: str = "", *, tags: Sequence[str] = (), template: str | None = None
    ) -> Project:
        """Create a project that you own; `template` is the key of one of `templates()`."""
        return await self._project("POST", _PATH, ProjectCreate(name, description, [*tags], template))

    async def update(
        self,
        project_id: str,
        *,
        name: str | None = None,
        description: str | None = None,
        if_match: str | None = None,
    ) -> Project:
        """Change what is given and leave the rest (RFC 7396). May raise `OfflineQueued`."""
        changes = {"name": name, "description": description}
        body = {field: value for field, value in changes.items() if value is not None}
        headers = {"If-Match": if_match} if if_match else None
        call = new_call("PATCH", f"{_PATH}/{segment(project_id)}", body=body, headers=headers)
        return (await self._router.send(call)).raise_for_status().decode(Project)

    async def delete(self, project_id: str) -> None:
        """Delete a project that you own."""
        (await self._router.send(new_call("DELETE", f"{_PATH}/{segment(project_id)}"))).raise_for_status()

    async def is_favorite(self, project_id: str) -> bool:
        """Tell whether you have the project at hand."""
        return await self._favorite("GET", project_id)

    async def add_favorite(self, project_id: str) -> None:
        """Put a project at hand; doing it twice is no error. May raise `OfflineQueued`."""
        await self._favorite("PUT", project_id)

    async def remove_favorite(self, project_id: str) -> None:
        """Put it away again; likewise."""
        await self._favorite("DELETE", project_id)

    async def tags(self, project_id: str) -> Sequence[str]:
        """Give a project's tags."""
        answer = await self._router.send(new_call("GET", f"{_PATH}/{segment(project_id)}/tags"))
        return answer.raise_for_status().decode(ProjectTags).tags

    async def set_tags(self, project_id: str, tags: Sequence[str]) -> Sequence[str]:
        """Replace a project's tags; give them as they now are."""
        call = new_call("PUT", f"{_PATH}/{segment(project_id)}/tags", body=ProjectTags([*tags]))
        return (await self._router.send(call)).raise_for_status().decode(ProjectTags).tags

    def activity(self, project_id: str, *, subject_id: str | None = None) -> AsyncIterator[ActivityEntry]:
        """Give who did what, the latest first; with `subject_id` to one thing."""
        history = Resource(self._router, f"{_PATH}/{segment(project_id)}/activity")
        return history._items("", ActivityEntry, {"subject_id": subject_id})

    def tasks(self, project_id: str) -> AsyncTasks:
        """Give the tasks of a project."""
        return AsyncTasks(self._router, f"{_PATH}/{segment(project_id)}/tasks")

    def labels(self, project_id: str) -> AsyncLabels:
        """Give its labels."""
        return AsyncLabels(self._router, f"{_PATH}/{segment(project_id)}/labels")

    def comments(self, project_id: str) -> AsyncComments:
        """Give its comments."""
        return AsyncComments(self._router, f"{_PATH}/{segment(project_id)}/comments")

    def team(self, project_id: str) -> AsyncTeam:
        """Give its team."""
        return AsyncTeam(self._router, f"{_PATH}/{segment(project_id)}/team")

    def previews(self, project_id: str) -> AsyncProjectPreviews:
        """Give its previews, as the backend keeps them."""
        return AsyncProjectPreviews(self._router, f"{_PATH}/{segment(project_id)}/previews")

    def ai_docs(self, project_id: str) -> AsyncProjectAiDocs:
        """Give its AI documentation, as the backend keeps it."""
        return AsyncProjectAiDocs(self._router, f"{_PATH}/{segment(project_id)}/ai-docs")

    async def _favorite(self, method: str, project_id: str) -> bool:
        answer = await self._router.send(new_call(method, f"{_PATH}/{segment(project_id)}/favorite"))
        return answer.raise_for_status().decode(ProjectFavorite).favorite

    async def _project(self, method: str, path: str, body: Any = None) -> Project:
        return (await self._router.send(new_call(method, path, body=body))).raise_for_status().decode(Project)
