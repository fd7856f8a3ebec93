"""What a route's own code says about it: who may call it, what it may refuse, how it is best called."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from hivesync_server.auth.dependencies import current_principal
from hivesync_server.http.idempotency import idempotent
from hivesync_server.http.route import ApiRoute, SignedRoute
from hivesync_server.monitoring.access import watcher
from hivesync_server.services import Service

_ROOT = __package__.partition(".")[0]
_SAFE_METHODS = frozenset({"GET", "HEAD"})
_SUMMARY_MAX = 100


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. `domains`: the packages whose code may answer."""

    method: str
    path: str
    summary: str
    needs_sign_in: bool
    is_idempotent: bool
    is_api_route: bool
    is_signed: bool
    takes_input: bool
    takes_if_match: bool
    domains: frozenset[str]

    @property
    def changes(self) -> bool:
        """Tell whether it is there to change something."""
        return self.method not in _SAFE_METHODS

    @property
    def names_something(self) -> bool:
        """Tell whether its path names something that may not be there."""
        return "{" in self.path


def operations(router: APIRouter) -> dict[tuple[str, str], Operation]:
    """Give all operations that belong into the document, by method and path."""
    return {
        (method, str(route.path)): _operation(route, method)
        for route in iter_route_contexts(router.routes)
        if isinstance(route.original_route, APIRoute) and route.include_in_schema
        for method in route.methods or ()
    }


def _operation(route: RouteContext, method: str) -> Operation:
    parts = list(_parts(route.dependant))
    calls = list(_calls(parts))
    names = {field.alias for part in parts for field in part.header_params}
    inputs = [field for part in parts for field in (*part.query_params, *part.path_params)]
    return Operation(
        method=method,
        path=str(route.path),
        summary=_summary(calls[0]),
        needs_sign_in=current_principal in calls or watcher in calls,
        is_idempotent=idempotent in calls and method not in _SAFE_METHODS,
        is_api_route=isinstance(route.original_route, ApiRoute),
        is_signed=isinstance(route.original_route, SignedRoute),
        takes_input=bool(inputs or names or route.body_field),
        takes_if_match="if-match" in names,
        domains=frozenset(filter(None, map(_domain, calls))),
    )


def _parts(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for inner in dependant.dependencies:
        yield from _parts(inner)


def _calls(parts: Iterable[Dependant]) -> Iterator[Callable[..., Any]]:
    for part in parts:
        if isinstance(part.call, Service):
            yield from part.call.builds()
        elif part.call is not None:
            yield part.call


def _summary(endpoint: Callable[..., Any]) -> str:
    """Give the first sentence of the docstring: it says what the operation does, which its name does not."""
    text = " ".join((inspect.getdoc(endpoint) or "").split())
    for end in (". ", "; ", ": "):
        text = text.partition(end)[0]
    return text.removesuffix(".")[:_SUMMARY_MAX]


def _domain(call: Callable[..., Any]) -> str | None:
    """Give the package that a function of ours is in: `hivesync_server.tasks`."""
    package = getattr(call, "__module__", "").rpartition(".")[0]
    return package if package.startswith(f"{_ROOT}.") else None
