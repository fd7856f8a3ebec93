"""`hivesync whoami`."""

from __future__ import annotations

import click

from hivesync_agent.cli.console import Console, console_options


@click.command()
@console_options
def command(console: Console) -> None:
    """Show who is signed in; exit code 3 if nobody is."""
    with console.client() as client:
        user = client.me()
    console.result(user, [f"{user.email} ({user.username}), {user.tier}"])
