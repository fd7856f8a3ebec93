"""`/v1/operations`: what waits for the network, what came back, and what the user decides about it."""

from __future__ import annotations

from hivesync_contract.errors import ErrorCode
from hivesync_contract.operations import Operation, OperationList

from hivesync_agent.local_api.request import LocalRequest
from hivesync_agent.local_api.route import Route, delete, get, post
from hivesync_agent.offline.journal import OperationJournal
from hivesync_agent.problems import json_response
from hivesync_agent.response import Response


class OperationRoutes:
    """The routes of the journal."""

    def __init__(self, journal: OperationJournal) -> None:
        self._journal = journal

    def routes(self) -> list[Route]:
        """Give the route table."""
        refusals = (ErrorCode.NOT_FOUND, ErrorCode.CONFLICT)
        return [
            get("/v1/operations", self.list, {200: OperationList}),
            delete("/v1/operations/{id}", self.discard, {204: None}, errors=refusals),
            post(
                "/v1/operations/{id}/retry",
                self.retry,
                {202: Operation},
                errors=(*refusals, ErrorCode.STORAGE_FULL),
            ),
        ]

    async def list(self, request: LocalRequest) -> Response:
        """Give what of the signed-in account waits or came back, in order."""
        return json_response(await self._journal.list())

    async def discard(self, request: LocalRequest) -> Response:
        """Give a change of the signed-in account up: a conflict, or one that still waits."""
        await self._journal.discard(request.parameters["id"])
        return Response(204)

    async def retry(self, request: LocalRequest) -> Response:
        """Send a conflict once more, over what is there now (202: it waits again)."""
        return json_response(await self._journal.retry(request.parameters["id"]), status=202)
