# Generated from hivesync/_async by `make generate`; do not edit.
# ruff: noqa: UP028
"""Projects of the backend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hivesync_contract.pages import LIMIT_MAX, Page
from hivesync_contract.projects import Project, ProjectCreate, ProjectFavorite

from hivesync._call import new_call
from hivesync._paths import segment
from hivesync._sync._router import Router

_PATH = "/api/v1/projects"


class Projects:
    """`client.projects`."""

    def __init__(self, router: Router) -> None:
        self._router = router

    def list(self, *, page_size: int = LIMIT_MAX) -> Iterator[Project]:
        """Give every project, fetching pages as they are needed."""
        cursor: str | None = None
        while True:
            page = self.page(limit=page_size, cursor=cursor)
            for project in page.items:
                yield project
            cursor = page.next_cursor
            if cursor is None:
                return

    def page(self, *, limit: int = LIMIT_MAX, cursor: str | None = None) -> Page[Project]:
        """Give one page."""
        call = new_call("GET", _PATH, params={"limit": limit, "cursor": cursor})
        return (self._router.send(call)).raise_for_status().decode(Page[Project])

    def get(self, project_id: str) -> Project:
        """Give one project; raise `NotFound` if it is not yours either."""
        return self._project("GET", f"{_PATH}/{segment(project_id)}")

    def create(self, name: str, description: str = "") -> Project:
        """Create a project that you own."""
        return self._project("POST", _PATH, ProjectCreate(name, description))

    def update(self, project_id: str, *, name: str | None = None, description: str | None = None) -> Project:
        """Change what is given and leave the rest (RFC 7396). May raise `OfflineQueued`."""
        changes = {"name": name, "description": description}
        body = {field: value for field, value in changes.items() if value is not None}
        return self._project("PATCH", f"{_PATH}/{segment(project_id)}", body)

    def delete(self, project_id: str) -> None:
        """Delete a project that you own."""
        (self._router.send(new_call("DELETE", f"{_PATH}/{segment(project_id)}"))).raise_for_status()

    def is_favorite(self, project_id: str) -> bool:
        """Tell whether you have the project at hand."""
        return self._favorite("GET", project_id)

    def add_favorite(self, project_id: str) -> None:
        """Put a project at hand; doing it twice is no error. May raise `OfflineQueued`."""
        self._favorite("PUT", project_id)

    def remove_favorite(self, project_id: str) -> None:
        """Put it away again; likewise."""
        self._favorite("DELETE", project_id)

    def _favorite(self, method: str, project_id: str) -> bool:
        answer = self._router.send(new_call(method, f"{_PATH}/{segment(project_id)}/favorite"))
        return answer.raise_for_status().decode(ProjectFavorite).favorite

    def _project(self, method: str, path: str, body: Any = None) -> Project:
        return (self._router.send(new_call(method, path, body=body))).raise_for_status().decode(Project)
