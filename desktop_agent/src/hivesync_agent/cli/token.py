"""`hivesync token`: for editors and scripts that talk to the backend themselves."""

from __future__ import annotations

import click

from hivesync_agent.cli.console import Console, console_options


@click.command()
@console_options
def command(console: Console) -> None:
    """Print an access token of at most 15 minutes, refreshed under the lock that all clients share."""
    with console.client() as client:
        token = client.sign_in.access_token()
    console.result({"access_token": token, "token_type": "Bearer"}, [token])
