"""How a room declares a route of the local API: once, for the router and for the OpenAPI document.

A route's summary is the first line of its handler's docstring. What every route has in common (the headers
it needs, the refusals of the gate) is not repeated here; `document` adds it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hivesync_contract.errors import ErrorCode

from hivesync_agent.local_api.request import LocalRequest
from hivesync_agent.response import EventStream, Response

Handler = Callable[[LocalRequest], Awaitable[Response | EventStream]]
Answers = Mapping[int, Any]
"""Status → contract shape, `MediaType`, or None for an answer without a body."""

_PLACEHOLDER = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class MediaType:
    """An answer that is not JSON."""

    name: str


EVENT_STREAM = MediaType("text/event-stream")


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path. `path` is below the local API's prefix, with `{id}` for what varies."""

    method: str
    path: str
    handler: Handler
    answers: Answers
    body: type | None = None
    errors: tuple[ErrorCode, ...] = ()
    """What this route refuses on its own; see `document` for what all of them do."""
    query: Mapping[str, str] = field(default_factory=dict)
    """Name of an optional parameter → what it means."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """The same for request headers of this route alone."""

    @property
    def summary(self) -> str:
        """Give what the handler says of itself."""
        return (self.handler.__doc__ or "").strip().partition("\n")[0]

    @property
    def path_parameters(self) -> list[str]:
        """Give the names of what varies in the path."""
        return _PLACEHOLDER.findall(self.path)


def get(path: str, handler: Handler, answers: Answers, **more: Any) -> Route:
    """Declare a read."""
    return Route("GET", path, handler, answers, **more)


def post(path: str, handler: Handler, answers: Answers, **more: Any) -> Route:
    """Declare a call that does something; `body` is the contract shape it takes."""
    return Route("POST", path, handler, answers, **more)


def delete(path: str, handler: Handler, answers: Answers, **more: Any) -> Route:
    """Declare a call that ends something."""
    return Route("DELETE", path, handler, answers, **more)
