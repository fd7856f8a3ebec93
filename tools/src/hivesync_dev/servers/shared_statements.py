"""Statements that one test's engine has compiled serve the next test's, as if a process had one engine.

SQLAlchemy keeps them by engine, and each test has a backend of its own: without this a good part of what such
tests compute is the same hundred statements, compiled again. Neither connections nor rows are shared.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine


class SharedStatements(MutableMapping[tuple[Any, ...], Any]):
    """A `compiled_cache` for all engines: of the dialect, which each has anew, only the name counts."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[Any, ...], Any] = {}

    def __getitem__(self, key: tuple[Any, ...]) -> Any:
        return self._compiled[_named(key)]

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        self._compiled[_named(key)] = compiled

    def __delitem__(self, key: tuple[Any, ...]) -> None:
        del self._compiled[_named(key)]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._compiled)

    def __len__(self) -> int:
        return len(self._compiled)


def _named(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *statement = key
    return (dialect.name, *statement)


@contextmanager
def shared_statements() -> Iterator[SharedStatements]:
    """Share the statements of all engines of this process meanwhile."""
    statements = SharedStatements()

    def share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=statements)

    event.listen(Engine, "engine_connect", share)
    try:
        yield statements
    finally:
        event.remove(Engine, "engine_connect", share)
