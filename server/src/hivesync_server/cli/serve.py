"""Serving until told to stop."""

from __future__ import annotations

import os
import sys

import click

from hivesync_server import serving
from hivesync_server.cli.output import Output, json_option, run
from hivesync_server.settings import Settings, load


@click.command()
@click.option("--host", default=None, help="Address to listen on (HOST).")
@click.option(
    "--port", default=None, type=click.IntRange(0, 65535), help="Port to listen on (PORT); 0 picks one."
)
@click.option(
    "--workers",
    default=None,
    type=click.IntRange(1, 64),
    help="Number of processes (WEB_CONCURRENCY); more than one need Redis.",
)
@click.option("--inherited-socket", type=int, hidden=True, help="Of the process that supervises this one.")
@json_option
def serve(
    host: str | None, port: int | None, workers: int | None, inherited_socket: int | None, as_json: bool
) -> None:
    """Serve until SIGTERM. A local server brings its database up to date by itself.

    With several workers, SIGHUP replaces them one by one, without a request lost: for changed settings.
    """
    output = Output(as_json)

    def announce(listening: serving.Listening) -> None:
        output.show(
            f"HiveSync server listens on {listening.url}",
            url=listening.url,
            port=listening.port,
            pid=os.getpid(),
        )
        sys.stdout.flush()

    def settings() -> Settings:
        return load(os.environ, host=host, port=port, workers=workers)

    if inherited_socket is None:
        run(output, lambda: serving.serve(settings(), announce))
    else:
        run(output, lambda: serving.serve_inherited(settings(), inherited_socket, announce))
