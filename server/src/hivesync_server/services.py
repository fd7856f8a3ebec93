"""What a request's services are made of: each is built once, when a route first needs it.

They are leaves to FastAPI. It solves the dependencies of a dependency anew wherever that is named, and only
then looks whether the request has it already: what services share would be worked out thirty times.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, get_type_hints

from fastapi import Depends
from fastapi.params import Depends as Dependency
from starlette.requests import HTTPConnection, Request

_BUILT = "hivesync.services"

Build = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """A dependency on nothing but the connection. `uses`: the services that `build` takes, by parameter."""

    __signature__: ClassVar = inspect.Signature(
        [inspect.Parameter("connection", inspect.Parameter.KEYWORD_ONLY, annotation=HTTPConnection)]
    )

    build: Build
    uses: Mapping[str, Service]
    connections: tuple[str, ...]

    async def __call__(self, connection: HTTPConnection) -> Any:
        """Give the request's one, and build it with all that it uses if there is none yet."""
        built: dict[Service, Any] = connection.scope.setdefault(_BUILT, {})
        if self not in built:
            given = dict.fromkeys(self.connections, connection)
            used = {name: await service(connection) for name, service in self.uses.items()}
            built[self] = await self.build(**given, **used)
        return built[self]

    def builds(self) -> Iterator[Build]:
        """Give the functions that build it and all that it uses."""
        yield self.build
        for service in self.uses.values():
            yield from service.builds()


def service(build: Build) -> Any:
    """Give the dependency on what `build` makes of other services and of the connection; nothing else."""
    hints = get_type_hints(build, include_extras=True)
    uses, connections = {}, []
    for name in inspect.signature(build).parameters:
        if hints[name] in (HTTPConnection, Request):
            connections.append(name)
        else:
            uses[name] = _named_by(hints[name])
    return Depends(Service(build, uses, tuple(connections)))


def _named_by(hint: Any) -> Service:
    for mark in getattr(hint, "__metadata__", ()):
        if isinstance(mark, Dependency) and isinstance(mark.dependency, Service):
            return mark.dependency
    raise TypeError(f"{hint} is no service; such a dependency is FastAPI's own `Depends`")


def forget(connection: HTTPConnection) -> None:
    """Have services built anew: the request begins again, with another transaction."""
    connection.scope[_BUILT] = {}
