"""Which route a request means: by its method and its path, which the gate has proven to be in normal form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from hivesync_agent.local_api.route import EVENT_STREAM, Route
from hivesync_agent.problems import MethodNotAllowed, NotFound

_PLACEHOLDER = re.compile(r"{(\w+)}")
_Methods = dict[str, Route]


class RouteTable:
    """All local routes."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._fixed: dict[str, _Methods] = {}
        varying: dict[str, _Methods] = {}
        for route in routes:
            methods = (varying if route.path_parameters else self._fixed).setdefault(route.path, {})
            methods[route.method] = route
            if route.method == "GET" and EVENT_STREAM not in route.answers.values():
                methods.setdefault("HEAD", route)  # except on a stream, which has no end
        self._varying = [(_pattern(path), methods) for path, methods in varying.items()]

    def find(self, method: str, path: str) -> tuple[Route, Mapping[str, str]]:
        """Give the route and what varies in its path; raise `NotFound` or `MethodNotAllowed`."""
        methods, parameters = self._find_path(path)
        route = methods.get(method)
        if route is None:
            raise MethodNotAllowed(methods)
        return route, parameters

    def _find_path(self, path: str) -> tuple[_Methods, Mapping[str, str]]:
        methods = self._fixed.get(path)
        if methods is not None:
            return methods, {}
        for pattern, methods in self._varying:
            if match := pattern.fullmatch(path):
                return methods, {name: unquote(value) for name, value in match.groupdict().items()}
        raise NotFound("The agent has no such route.")


def _pattern(path: str) -> re.Pattern[str]:
    fixed, *rest = _PLACEHOLDER.split(path)
    pattern = re.escape(fixed)
    for name, text in zip(rest[::2], rest[1::2], strict=True):
        pattern += f"(?P<{name}>[^/]+){re.escape(text)}"
    return re.compile(pattern)
