"""`GET /v1/openapi.json`: the local API, described by the table that routes it."""

from __future__ import annotations

from collections.abc import Sequence

from hivesync_agent.local_api.document import openapi_document
from hivesync_agent.local_api.request import LocalRequest
from hivesync_agent.local_api.route import MediaType, Route, get
from hivesync_agent.problems import json_response
from hivesync_agent.response import Response


class DocumentRoutes:
    """The route of the description, its own included."""

    def __init__(self, others: Sequence[Route]) -> None:
        self._others = others

    def routes(self) -> list[Route]:
        """Give the route table."""
        return [get("/v1/openapi.json", self.document, {200: MediaType("application/json")})]

    async def document(self, request: LocalRequest) -> Response:
        """Give this document. It is made when asked for: nobody pays for it at the start."""
        return json_response(openapi_document([*self._others, *self.routes()]))
