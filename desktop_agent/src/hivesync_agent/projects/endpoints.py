"""`/v1/projects`: which folders are linked, and what is in them."""

from __future__ import annotations

from hivesync_contract.errors import ErrorCode
from hivesync_contract.limits import MANIFEST_FILES
from hivesync_contract.local_projects import LocalProject, LocalProjectFiles, LocalProjectLink
from hivesync_contract.pages import Page

from hivesync_agent.json_body import read_json
from hivesync_agent.local_api.request import LocalRequest
from hivesync_agent.local_api.route import Route, delete, get, post
from hivesync_agent.problems import InvalidInput, json_response
from hivesync_agent.projects.linked import LinkedProjects
from hivesync_agent.response import Response

_AWAY = (ErrorCode.AUTH_REQUIRED, ErrorCode.UPSTREAM_UNREACHABLE)
_PATH = (ErrorCode.VALIDATION_ERROR, ErrorCode.FORBIDDEN, ErrorCode.STORAGE_FULL)


class ProjectRoutes:
    """The routes of linked folders."""

    def __init__(self, projects: LinkedProjects) -> None:
        self._projects = projects

    def routes(self) -> list[Route]:
        """Give the route table."""
        missing = (*_AWAY, ErrorCode.NOT_FOUND)
        return [
            get("/v1/projects", self.list, {200: Page[LocalProject]}, errors=_AWAY),
            post(
                "/v1/projects",
                self.link,
                {201: LocalProject},
                body=LocalProjectLink,
                errors=(*missing, *_PATH, ErrorCode.PREVIEW_UNSUPPORTED),
            ),
            delete("/v1/projects/{id}", self.unlink, {204: None}, errors=missing),
            get(
                "/v1/projects/{id}/files",
                self.files,
                {200: LocalProjectFiles},
                query={"limit": "about how many files", "cursor": "`next_cursor` of the page before"},
                errors=(*missing, *_PATH),
            ),
        ]

    async def list(self, request: LocalRequest) -> Response:
        """Give the folders that are linked to projects of the signed-in user."""
        return json_response(Page(await self._projects.list()))

    async def link(self, request: LocalRequest) -> Response:
        """Link a folder to a project, and watch it from now on."""
        wanted = await read_json(request, LocalProjectLink)
        return json_response(await self._projects.link(wanted), status=201)

    async def unlink(self, request: LocalRequest) -> Response:
        """Forget a folder's link and index; its project stays."""
        await self._projects.unlink(request.parameters["id"])
        return Response(204)

    async def files(self, request: LocalRequest) -> Response:
        """Give a page of the project's index, as its files now are."""
        limit = request.query.get("limit", str(MANIFEST_FILES))
        if not limit.isdecimal() or not 1 <= int(limit) <= MANIFEST_FILES:
            raise InvalidInput(f"limit is a number from 1 to {MANIFEST_FILES}.")
        project_id, cursor = request.parameters["id"], request.query.get("cursor")
        return json_response(await self._projects.files(project_id, cursor, int(limit)))
