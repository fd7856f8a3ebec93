"""The route of every API resource: one transaction per request, committed before the answer leaves."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from hivesync_server.http import conditional, idempotency
from hivesync_server.resources import resources_of

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ApiRoute(APIRoute):
    """A client that sees 2xx knows that it is stored; one that sees an error knows that nothing is."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler, which parses, calls the endpoint and serialises."""
        original = super().get_route_handler()

        async def handle(request: Request) -> Response:
            database = resources_of(request).database
            try:
                async with database.transaction(writes=request.method not in _SAFE_METHODS) as transaction:
                    request.state.transaction = transaction
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
