"""`hivesync tray`: the icon in the desktop's panel, one per profile."""

from __future__ import annotations

import click

from hivesync_agent.cli.console import Console, console_options


@click.command()
@console_options
def command(console: Console) -> None:
    """Show the tray icon until it is quit; starts the agent if none runs."""
    from hivesync.credentials.lock import FileLock

    with console.client() as client:
        profile = client.settings.profile
        lock = FileLock(client.locations.tray_lock(profile))
    if not lock.try_acquire():
        text = f"The tray of profile {profile!r} already runs: look for its icon in the panel."
        console.result({"already_running": True}, [text])
        return
    try:
        _run(console)
    finally:
        lock.release()
    console.result({"already_running": False, "quit": True}, [])


def _run(console: Console) -> None:
    from hivesync_agent.tray.desktop import load

    pystray = load()
    from hivesync_agent.tray.app import Tray

    Tray(pystray, console.profile).run()
