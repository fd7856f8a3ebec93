"""`POST /v1/support-bundle`. The caller names no path: the bundle lies in the agent's own folder."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable

import msgspec
from hivesync_contract.errors import HiveSyncError
from hivesync_contract.local_support import SupportBundle

from hivesync_agent.child_process import ChildFailed, run_child
from hivesync_agent.local_api.request import LocalRequest
from hivesync_agent.local_api.route import Route, post
from hivesync_agent.problems import json_response
from hivesync_agent.response import Response
from hivesync_agent.settings import AgentSettings
from hivesync_agent.support.child import Order

_DEADLINE_SECONDS = 60.0
_log = logging.getLogger("hivesync.support")


class BundleFailed(HiveSyncError):
    """The process that makes the bundle failed; the command can make one without the agent."""


class SupportRoutes:
    """The route of support bundles; one is made at a time."""

    def __init__(self, settings: AgentSettings, event_types: Callable[[], list[str]]) -> None:
        self._settings = settings
        self._event_types = event_types
        self._one_at_a_time = asyncio.Lock()

    def routes(self) -> list[Route]:
        """Give the route table."""
        return [post("/v1/support-bundle", self.make, {201: SupportBundle})]

    async def make(self, request: LocalRequest) -> Response:
        """Collect what helps to find a fault, redacted, in a zip on this machine."""
        places = self._settings.locations
        folders = (str(places.runtime), str(places.config), str(places.state), str(places.log))
        order = Order(self._settings.server_url, self._settings.profile, folders, self._event_types())
        try:
            async with self._one_at_a_time:
                out = await run_child(
                    "hivesync_agent.support.child",
                    order=msgspec.json.encode(order),
                    deadline_seconds=_DEADLINE_SECONDS,
                    environment=os.environ,  # how the backend is reached stands there: proxy, CA, token
                )
                bundle = msgspec.json.decode(out, type=SupportBundle)
        except (ChildFailed, msgspec.MsgspecError) as error:
            _log.warning("no support bundle", extra={"error": type(error).__name__})
            raise BundleFailed("The bundle could not be made; the agent's log has the reason.") from error
        return json_response(bundle, status=201)
