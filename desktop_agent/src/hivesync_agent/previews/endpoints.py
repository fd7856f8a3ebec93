"""`/v1/previews`: the local API of previews. Answers at once; progress comes as events."""

from __future__ import annotations

from hivesync_contract import headers
from hivesync_contract.errors import ErrorCode
from hivesync_contract.local_api import LocalPreview, LocalPreviewCreate
from hivesync_contract.pages import Page

from hivesync_agent.json_body import read_json
from hivesync_agent.local_api.request import LocalRequest
from hivesync_agent.local_api.route import Route, delete, get, post
from hivesync_agent.previews.service import Previews
from hivesync_agent.problems import InvalidInput, json_response
from hivesync_agent.response import Response

_KEY_CHARACTERS = 200
_REFUSALS = (
    ErrorCode.VALIDATION_ERROR,
    ErrorCode.PREVIEW_UNSUPPORTED,
    ErrorCode.PAYLOAD_TOO_LARGE,
    ErrorCode.IDEMPOTENCY_CONFLICT,
    ErrorCode.STORAGE_FULL,
)


class PreviewRoutes:
    """The routes of previews."""

    def __init__(self, previews: Previews) -> None:
        self._previews = previews

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
            post(
                "/v1/previews/{id}/stop",
                self.stop,
                {200: LocalPreview},
                errors=(ErrorCode.NOT_FOUND, ErrorCode.STORAGE_FULL),
            ),
            delete("/v1/previews/{id}", self.cancel, {204: None}, errors=(*away, ErrorCode.NOT_FOUND)),
        ]

    async def create(self, request: LocalRequest) -> Response:
        """Start a preview (202); the same Idempotency-Key gives the same preview again."""
        key = request.header(headers.IDEMPOTENCY_KEY) or ""
        if len(key) > _KEY_CHARACTERS:
            raise InvalidInput(f"The Idempotency-Key is longer than {_KEY_CHARACTERS} characters.")
        wanted = await read_json(request, LocalPreviewCreate)
        return json_response(await self._previews.create(wanted, key), status=202)

    async def list(self, request: LocalRequest) -> Response:
        """Give the previews of this agent, newest first."""
        return json_response(Page(await self._previews.list()))

    async def show(self, request: LocalRequest) -> Response:
        """Give one preview as it now is."""
        return json_response(await self._previews.get(request.parameters["id"]))

    async def stop(self, request: LocalRequest) -> Response:
        """End a live preview; what the phone shows stays."""
        return json_response(await self._previews.stop_live(request.parameters["id"]))

    async def cancel(self, request: LocalRequest) -> Response:
        """Stop and delete a preview."""
        await self._previews.cancel(request.parameters["id"])
        return Response(204)
