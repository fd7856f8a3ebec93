"""Databases of both kinds, as many as a test needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hivesync_dev.servers.postgres import PostgresServer
from hivesync_server.settings import Settings, load

NewDatabase = Callable[[str], Settings]


@pytest.fixture
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewDatabase]:
    """Makes an empty database of that kind, without tables."""
    with ExitStack() as stack:
        numbers = iter(range(100))

        def make(kind: str) -> Settings:
            environ = {"HIVESYNC_DATA_DIR": str(tmp_path / f"data-{next(numbers)}"), "PORT": "0"}
            if kind == "postgres":
                server: PostgresServer = request.getfixturevalue("postgres")
                name = server.create_database()
                stack.callback(server.drop_database, name)
                environ["DATABASE_URL"] = server.url(name)
            return load(environ)

        yield make
