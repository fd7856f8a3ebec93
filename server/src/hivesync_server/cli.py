"""The operator's command `hivesync-server`. It shows no traceback for a failure that can be expected."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.identity import Tier
from sqlalchemy.exc import DBAPIError

from hivesync_server import __version__, operations, serving
from hivesync_server.app import create_app
from hivesync_server.settings import Settings, load


@dataclass(frozen=True, slots=True)
class Output:
    """Prints results for people, or as JSON for programs."""

    as_json: bool

    def show(self, text: str, **fields: Any) -> None:
        """Print one result."""
        click.echo(json.dumps(fields) if self.as_json else text)

    def fail(self, detail: str, code: str) -> None:
        """Print a failure and exit with 1."""
        click.echo(
            json.dumps({"error": code, "detail": detail}) if self.as_json else f"Error: {detail}", err=True
        )
        sys.exit(1)


@click.group()
@click.version_option(__version__, prog_name="hivesync-server")
def main() -> None:
    """Run and operate the backend of HiveSync. Settings come from the environment."""


_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@main.command()
@click.option("--host", default=None, help="Address to listen on (HOST).")
@click.option(
    "--port", default=None, type=click.IntRange(0, 65535), help="Port to listen on (PORT); 0 picks one."
)
@_json_option
def serve(host: str | None, port: int | None, as_json: bool) -> None:
    """Serve until SIGTERM. A local server brings its database up to date by itself."""
    output = Output(as_json)

    def announce(listening: serving.Listening) -> None:
        output.show(
            f"HiveSync server listens on {listening.url}",
            url=listening.url,
            port=listening.port,
            pid=os.getpid(),
        )
        sys.stdout.flush()

    _run(output, lambda: serving.serve(load(os.environ, host=host, port=port), announce))


@main.command()
@_json_option
def migrate(as_json: bool) -> None:
    """Bring the database to the newest schema. Safe to run while servers run, and twice at once."""
    output = Output(as_json)
    _run(output, lambda: serving.migrate(_settings()))
    output.show("The database is up to date.", migrated=True)


@main.command("export-openapi")
@click.argument("path", required=False, type=click.Path(dir_okay=False, path_type=Path))
@_json_option
def export_openapi(path: Path | None, as_json: bool) -> None:
    """Write the API's description to PATH, or print it."""
    output = Output(as_json)
    with _reported(output):
        text = json.dumps(create_app(_settings()).asgi.openapi(), indent=2, sort_keys=True) + "\n"
        if path is None:
            click.echo(text, nl=False)
            return
        path.write_text(text, "utf-8")
        output.show(f"Wrote {path}.", path=str(path))


@main.command("set-tier")
@click.argument("login")
@click.argument("tier", type=click.Choice([tier.value for tier in Tier]))
@_json_option
def set_tier(login: str, tier: str, as_json: bool) -> None:
    """Give the user LOGIN (email or username) another tier."""
    output = Output(as_json)
    user = _run(output, lambda: operations.set_tier(_settings(), login, Tier(tier)))
    output.show(f"{user.username} now has the tier {tier}.", id=user.id, username=user.username, tier=tier)


@main.command("create-admin")
@click.argument("email")
@click.argument("username")
@click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, envvar="HIVESYNC_ADMIN_PASSWORD"
)
@_json_option
def create_admin(email: str, username: str, password: str, as_json: bool) -> None:
    """Make the owner's account, which may open the admin pages."""
    output = Output(as_json)
    user = _run(output, lambda: operations.create_admin(_settings(), email, username, password))
    output.show(f"{user.username} is an admin.", id=user.id, username=user.username, is_admin=True)


def _settings() -> Settings:
    return load(os.environ)


def _run(output: Output, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    with _reported(output):
        return asyncio.run(work())


class _reported:  # noqa: N801 - reads as a statement
    """Turns expected failures into a line of text and the exit code 1."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        match error:
            case HiveSyncError():
                self._output.fail(error.detail, error.code)
            case DBAPIError():
                self._output.fail(f"The database can't be used: {error.orig}", "DATABASE_UNAVAILABLE")
            case OSError():
                full = error.errno in {errno.ENOSPC, errno.EDQUOT}
                place = f": {error.filename}" if error.filename else ""
                code = ErrorCode.STORAGE_FULL if full else "OS_ERROR"
                self._output.fail(f"{error.strerror or error}{place}", code)
            case KeyboardInterrupt():
                sys.exit(130)
