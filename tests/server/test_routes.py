"""What holds for every route."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any

from fastapi.routing import APIRoute
from fastapi.security.base import SecurityBase
from hivesync_server.app import create_app
from hivesync_server.settings import Settings


def test_nothing_runs_in_a_thread(settings: Settings) -> None:
    """FastAPI calls what is not `async` in a thread, which costs more than most of it does."""
    threaded = {
        f"{call.__module__}.{call.__qualname__}"
        for route in routes(create_app(settings).asgi.router)
        if isinstance(route, APIRoute)
        for call in calls(route.dependant)
        if not (iscoroutinefunction(call) or isasyncgenfunction(call))
    }
    assert threaded == set()


def routes(router: Any) -> Iterator[Any]:
    """Give all routes of a router and of those that it includes."""
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        if inner is None:
            yield route
        else:
            yield from routes(inner)


def calls(dependant: Any) -> Iterator[Any]:
    """Give a route's endpoint and dependencies."""
    if not isinstance(dependant.call, SecurityBase):
        yield dependant.call
    for part in dependant.dependencies:
        yield from calls(part)
