"""A walk over the routes of the backend, for tests of what holds for every one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def routes(router: Any) -> Iterator[Any]:
    """Give all routes of a router and of those that it includes."""
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        if inner is None:
            yield route
        else:
            yield from routes(inner)


def calls(dependant: Any) -> Iterator[Any]:
    """Give what a route calls: its endpoint and dependencies, and what builds its services."""
    builds = getattr(dependant.call, "builds", None)
    if builds is None:
        yield dependant.call
    else:
        yield from builds()
    for part in dependant.dependencies:
        yield from calls(part)
