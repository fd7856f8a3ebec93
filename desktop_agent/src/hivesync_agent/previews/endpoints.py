"""`/v1/previews` and `/v1/projects`: the local API of previews. Answers at once; progress comes as events."""

from __future__ import annotations

import asyncio

from aiohttp import web
from hivesync_contract import headers
from hivesync_contract.errors import ErrorCode
from hivesync_contract.local_api import LocalPreview, LocalPreviewCreate, LocalProject, LocalProjectFiles
from hivesync_contract.pages import Page

from hivesync_agent.json_body import read_json
from hivesync_agent.local_api.route import Route, delete, get, post
from hivesync_agent.previews.account import Account
from hivesync_agent.previews.service import Previews
from hivesync_agent.problems import InvalidInput, NotFound, json_response
from hivesync_agent.projects.links import ProjectLinks
from hivesync_agent.projects.scan import Scanner, Snapshot

_KEY_CHARACTERS = 200
_REFUSALS = (
    ErrorCode.VALIDATION_ERROR,
    ErrorCode.PREVIEW_UNSUPPORTED,
    ErrorCode.PAYLOAD_TOO_LARGE,
    ErrorCode.IDEMPOTENCY_CONFLICT,
    ErrorCode.STORAGE_FULL,
)


class PreviewRoutes:
    """The routes of previews and of linked projects."""

    def __init__(
        self, *, previews: Previews, links: ProjectLinks, scanner: Scanner, account: Account
    ) -> None:
        self._previews = previews
        self._links = links
        self._scanner = scanner
        self._account = account

    def routes(self) -> list[Route]:
        """Give the route table."""
        away = (ErrorCode.AUTH_REQUIRED, ErrorCode.UPSTREAM_UNREACHABLE)
        return [
            post(
                "/v1/previews",
                self.create,
                {202: LocalPreview},
                body=LocalPreviewCreate,
                headers={headers.IDEMPOTENCY_KEY: "the same key gives the same preview again"},
                errors=(*away, *_REFUSALS),
            ),
            get("/v1/previews", self.list, {200: Page[LocalPreview]}),
            get("/v1/previews/{id}", self.show, {200: LocalPreview}, errors=(ErrorCode.NOT_FOUND,)),
            delete("/v1/previews/{id}", self.cancel, {204: None}, errors=(*away, ErrorCode.NOT_FOUND)),
            get("/v1/projects", self.projects, {200: Page[LocalProject]}, errors=away),
            get(
                "/v1/projects/{id}/files",
                self.project_files,
                {200: LocalProjectFiles},
                errors=(*away, ErrorCode.NOT_FOUND, *_REFUSALS),
            ),
        ]

    async def create(self, request: web.Request) -> web.Response:
        """Start a preview (202); the same Idempotency-Key gives the same preview again."""
        key = request.headers.get(headers.IDEMPOTENCY_KEY, "")
        if len(key) > _KEY_CHARACTERS:
            raise InvalidInput(f"The Idempotency-Key is longer than {_KEY_CHARACTERS} characters.")
        wanted = await read_json(request, LocalPreviewCreate)
        return json_response(await self._previews.create(wanted, key), status=202)

    async def list(self, request: web.Request) -> web.Response:
        """Give the previews of this agent, newest first."""
        return json_response(Page(self._previews.list()))

    async def show(self, request: web.Request) -> web.Response:
        """Give one preview as it now is."""
        return json_response(await self._previews.get(request.match_info["id"]))

    async def cancel(self, request: web.Request) -> web.Response:
        """Stop and delete a preview."""
        await self._previews.cancel(request.match_info["id"])
        return web.Response(status=204)

    async def projects(self, request: web.Request) -> web.Response:
        """Give the folders that are linked to projects of the signed-in user."""
        links = await self._links.linked(await self._account.scope())
        return json_response(Page([LocalProject(link.project_id, link.root, link.name) for link in links]))

    async def project_files(self, request: web.Request) -> web.Response:
        """Give what a preview of the whole project would send, with hashes."""
        project_id = request.match_info["id"]
        links = await self._links.linked(await self._account.scope())
        root = next((link.root for link in links if link.project_id == project_id), None)
        if root is None:
            raise NotFound("No folder of this machine is linked to that project.")
        snapshot = await asyncio.to_thread(self._snapshot, root)
        files = [file.entry for file in snapshot.files]
        return json_response(LocalProjectFiles(project_id, root, files, list(snapshot.skipped)))

    def _snapshot(self, root: str) -> Snapshot:
        return self._scanner.snapshot(self._scanner.find(root, None))
