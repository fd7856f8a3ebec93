"""`hivesync tray`: the icon in the desktop's panel."""

from __future__ import annotations

import click

from hivesync_agent.cli.console import Console, console_options


@click.command()
@console_options
def command(console: Console) -> None:
    """Show the tray icon until it is quit; starts the agent if none runs."""
    from hivesync_agent.tray.app import Tray
    from hivesync_agent.tray.desktop import load

    Tray(load(), console.profile).run()
    console.result({"quit": True}, [])
