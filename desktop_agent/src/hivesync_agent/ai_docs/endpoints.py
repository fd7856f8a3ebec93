"""`/v1/ai-docs`: ask for a file's documentation; progress and result come as events, too."""

from __future__ import annotations

from hivesync_contract.ai_docs import LocalAiDocs, LocalAiDocsCreate
from hivesync_contract.errors import ErrorCode
from hivesync_contract.limits import AI_DOCS_FILE_BYTES

from hivesync_agent.ai_docs.service import AiDocsRequests
from hivesync_agent.json_body import read_json
from hivesync_agent.local_api.request import LocalRequest
from hivesync_agent.local_api.route import Route, get, post
from hivesync_agent.problems import json_response
from hivesync_agent.response import Response

_BODY_BYTES = 7 * AI_DOCS_FILE_BYTES
"""JSON may write one byte of text as six."""

_REFUSALS = (
    ErrorCode.AUTH_REQUIRED,
    ErrorCode.UPSTREAM_UNREACHABLE,
    ErrorCode.VALIDATION_ERROR,
    ErrorCode.FORBIDDEN,
    ErrorCode.AI_DOCS_UNSUPPORTED,
    ErrorCode.PAYLOAD_TOO_LARGE,
)


class AiDocsRoutes:
    """The routes of AI documentation."""

    def __init__(self, requests: AiDocsRequests) -> None:
        self._requests = requests

    def routes(self) -> list[Route]:
        """Give the route table."""
        return [
            post("/v1/ai-docs", self.create, {202: LocalAiDocs}, body=LocalAiDocsCreate, errors=_REFUSALS),
            get("/v1/ai-docs/{id}", self.show, {200: LocalAiDocs}, errors=(ErrorCode.NOT_FOUND,)),
        ]

    async def create(self, request: LocalRequest) -> Response:
        """Ask for the documentation of a file, saved or not (202)."""
        wanted = await read_json(request, LocalAiDocsCreate, limit_bytes=_BODY_BYTES)
        return json_response(await self._requests.create(wanted), status=202)

    async def show(self, request: LocalRequest) -> Response:
        """Give a request for documentation as it now is."""
        return json_response(await self._requests.get(request.parameters["id"]))
