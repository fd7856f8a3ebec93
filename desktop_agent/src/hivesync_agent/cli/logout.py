"""`hivesync logout`."""

from __future__ import annotations

import click

from hivesync_agent.cli import agent_process
from hivesync_agent.cli.console import Console, console_options


@click.command()
@console_options
def command(console: Console) -> None:
    """End the session of this machine, here and at the backend."""
    with console.client() as client:
        if agent_process.is_running(client):
            was_signed_in = client.agent.session().signed_in
            client.agent.logout()
        else:
            was_signed_in = client.sign_in.out()
    text = "Signed out." if was_signed_in else "Nobody was signed in."
    console.result({"signed_out": was_signed_in}, [text])
