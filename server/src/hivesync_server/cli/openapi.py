"""The API's description, without a running server."""

from __future__ import annotations

import json
from pathlib import Path

import click

from hivesync_server.app import create_app
from hivesync_server.cli.output import Output, json_option, reported, settings


@click.command("export-openapi")
@click.argument("path", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--output", "to", type=click.Path(dir_okay=False, path_type=Path), help="The same as PATH.")
@json_option
def export_openapi(path: Path | None, to: Path | None, as_json: bool) -> None:
    """Write the API's description to PATH, or print it. The same release gives the same bytes."""
    path = path or to
    output = Output(as_json)
    with reported(output):
        text = json.dumps(create_app(settings()).asgi.openapi(), indent=2, sort_keys=True) + "\n"
        if path is None:
            click.echo(text, nl=False)
            return
        path.write_text(text, "utf-8")
        output.show(f"Wrote {path}.", path=str(path))
