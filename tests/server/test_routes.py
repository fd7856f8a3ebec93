"""What holds for every route."""

from __future__ import annotations

from inspect import isasyncgenfunction, iscoroutinefunction

from fastapi.routing import APIRoute
from fastapi.security.base import SecurityBase
from hivesync_dev.server_routes import calls, routes
from hivesync_server.app import create_app
from hivesync_server.settings import Settings


def test_nothing_runs_in_a_thread(settings: Settings) -> None:
    """FastAPI calls what is not `async` in a thread, which costs more than most of it does."""
    threaded = {
        f"{call.__module__}.{call.__qualname__}"
        for route in routes(create_app(settings).asgi.router)
        if isinstance(route, APIRoute)
        for call in calls(route.dependant)
        if not (isinstance(call, SecurityBase) or iscoroutinefunction(call) or isasyncgenfunction(call))
    }
    assert threaded == set()
