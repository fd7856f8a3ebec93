"""The route of every API resource: one transaction per request, committed before the answer leaves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request
from starlette.responses import Response

from hivesync_server import services
from hivesync_server.adapters.db import is_deadlock, is_orphaned
from hivesync_server.auth.dependencies import current_principal
from hivesync_server.http import conditional, idempotency
from hivesync_server.http.json_bodies import JsonRequest
from hivesync_server.http.rate_limits import count_anonymous
from hivesync_server.resources import resources_of

_logger = logging.getLogger(__name__)

_REPEATS_MAX = 3
"""A transaction that another's came in the way of has done nothing, and is done again so often."""

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ApiRoute(APIRoute):
    """A client that sees 2xx knows that it is stored; one that sees an error knows that nothing is."""

    anonymous_is_counted = True
    """Routes that ask for no credentials count for their caller's address."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler, which parses, calls the endpoint and serialises."""
        original = super().get_route_handler()
        counts_address = self.anonymous_is_counted and not _depends_on(self.dependant, current_principal)

        async def handle(request: Request) -> Response:
            if counts_address:
                await count_anonymous(request)
            request = JsonRequest(request.scope, request.receive)
            for _ in range(_REPEATS_MAX):
                try:
                    return await attempt(request)
                except DBAPIError as error:
                    if not is_deadlock(error) and not is_orphaned(error):
                        raise
                    _logger.info("another was in the way; the request is done again")
            return await attempt(request)

        async def attempt(request: Request) -> Response:
            database = resources_of(request).database
            try:
                async with database.transaction(writes=request.method not in _SAFE_METHODS) as transaction:
                    request.state.transaction = transaction
                    services.forget(request)
                    response = await original(request)
                    await idempotency.finish(request, response)
            except idempotency.Replay as replay:
                return replay.response
            except Exception:
                await idempotency.abandon(request)
                raise
            finally:
                await idempotency.let_go(request)
            return conditional.answer(request, response)

        return handle


class SignedRoute(ApiRoute):
    """A route of the Worker, which signs what it sends: many servers share its addresses."""

    anonymous_is_counted = False


def _depends_on(dependant: Dependant, wanted: Callable[..., Any]) -> bool:
    return dependant.call is wanted or any(_depends_on(part, wanted) for part in dependant.dependencies)
