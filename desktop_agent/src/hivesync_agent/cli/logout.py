"""`hivesync logout`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from hivesync_agent.cli import agent_process
from hivesync_agent.cli.console import Console, console_options


@click.command()
@console_options
def command(console: Console) -> None:
    """End the session of this machine, here and at the backend."""
    waiting = 0
    with console.client() as client:
        if agent_process.is_running(client):
            was_signed_in = client.agent.session().signed_in
            client.agent.logout()
            waiting = client.agent.status().queued_operations
        else:
            was_signed_in = client.sign_in.out()
    console.result(
        {"signed_out": was_signed_in, "queued_operations": waiting}, _lines(was_signed_in, waiting)
    )


def _lines(was_signed_in: bool, waiting: int) -> Iterator[str]:
    yield "Signed out." if was_signed_in else "Nobody was signed in."
    if waiting:
        yield f"Changes not sent yet: {waiting}. They are kept until their user signs in again."
