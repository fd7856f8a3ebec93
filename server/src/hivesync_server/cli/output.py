"""How commands answer: for people or as JSON, and without a traceback for a failure that can be expected."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import click
from hivesync_contract.errors import ErrorCode, HiveSyncError
from sqlalchemy.exc import DBAPIError

from hivesync_server.settings import Settings, load

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@dataclass(frozen=True, slots=True)
class Output:
    """Prints results for people, or as JSON for programs."""

    as_json: bool

    def show(self, text: str, **fields: Any) -> None:
        """Print one result."""
        click.echo(json.dumps(fields) if self.as_json else text)

    def progress(self, text: str) -> None:
        """Tell a person, on stderr, what is going on; a program waits for the result."""
        if not self.as_json:
            click.echo(text, err=True)

    def fail(self, detail: str, code: str) -> None:
        """Print a failure and exit with 1."""
        click.echo(
            json.dumps({"error": code, "detail": detail}) if self.as_json else f"Error: {detail}", err=True
        )
        sys.exit(1)


def settings() -> Settings:
    """Give the settings of the environment, or fail naming the variable."""
    return load(os.environ)


def run(output: Output, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run a coroutine to its end."""
    with reported(output), asyncio.Runner(loop_factory=_new_loop) as runner:
        return runner.run(work())


def _new_loop() -> asyncio.AbstractEventLoop:
    """Give uvloop; uvicorn would take it by itself only if the loop were its own. Windows has none."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()


class reported:  # noqa: N801 - reads as a statement
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
