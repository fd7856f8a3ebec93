"""Serving until told to stop."""

from __future__ import annotations

import os
import sys

import click

from hivesync_server import serving
from hivesync_server.cli.output import Output, json_option, run
from hivesync_server.settings import load


@click.command()
@click.option("--host", default=None, help="Address to listen on (HOST).")
@click.option(
    "--port", default=None, type=click.IntRange(0, 65535), help="Port to listen on (PORT); 0 picks one."
)
@json_option
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

    run(output, lambda: serving.serve(load(os.environ, host=host, port=port), announce))
