"""A real Postgres for tests, from PyPI. One server for a whole run, a database of its own for each test."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg
from psycopg import sql


class PostgresServer:
    """Starts when entered and is stopped, with all it stored, when left.

    `durable`: wait for the disk, as in production. Without it a killed server still loses nothing, since the
    system has what it wrote.
    """

    def __init__(self, *, durable: bool = True) -> None:
        self._durable = durable
        self._folder = Path(tempfile.mkdtemp(prefix="hivesync-postgres-"))
        self._numbers = itertools.count(1)
        self._server: Any = None

    def __enter__(self) -> PostgresServer:
        # Importing it warns where XDG_RUNTIME_DIR is not set; the folder it then takes is fine.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pgserver.postgres_server import get_server
        self._server = get_server(self._folder, cleanup_mode="stop")
        if not self._durable:
            self._run(sql.SQL("ALTER SYSTEM SET fsync = off"))
            self._run(sql.SQL("SELECT pg_reload_conf()"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def stop(self, mode: str = "fast") -> None:
        """Stop it at once; `immediate` as after a power cut, so that it recovers when it is started."""
        self._control("-m", mode, "-w", "stop")

    def start(self) -> None:
        """Start it again, at the same address."""
        self._server.ensure_postgres_running()

    def _control(self, *arguments: str) -> None:
        from pgserver import _commands

        control: Any = vars(_commands)["pg_ctl"]  # made while it is imported, so no type checker knows it
        control(list(arguments), pgdata=self._folder, user=self._server.system_user)

    def create_database(self, template: str = "template1") -> str:
        """Make a database, empty or like `template`, and give its name."""
        name = f"test_{next(self._numbers)}"
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return name

    @contextmanager
    def database_on(self, disk: Path, template: str) -> Iterator[str]:
        """Make a database like `template` whose tables lie on that disk, and give its name."""
        if self._server.system_user is not None:
            shutil.chown(disk, self._server.system_user)
        space, name = (f"{kind}_{next(self._numbers)}" for kind in ("space", "test"))
        place = sql.Identifier(space)
        self._run(sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(place, sql.Literal(str(disk))))
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} TABLESPACE {}").format(
                sql.Identifier(name), sql.Identifier(template), place
            )
        )
        try:
            yield name
        finally:
            self.drop_database(name)
            self._run(sql.SQL("DROP TABLESPACE {}").format(place))

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def url(self, database: str) -> str:
        """Give the address of a database, in libpq's form."""
        return str(self._server.get_uri(database))

    def _run(self, statement: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)
