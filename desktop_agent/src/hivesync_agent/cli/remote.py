"""`hivesync remote`: let editors on another machine use this machine's agent, while the command runs."""

from __future__ import annotations

import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import click

from hivesync_agent.cli.agent_process import ensure_running
from hivesync_agent.cli.console import Console, console_options

if TYPE_CHECKING:
    from hivesync import Client

    from hivesync_agent.remote.forward import Forward

_POLL_SECONDS = 0.5
_PAUSES_SECONDS = (1.0, 2.0, 5.0, 15.0, 30.0)


@click.command()
@click.argument("host")
@click.argument("ssh_options", nargs=-1, type=click.UNPROCESSED)
@console_options
def command(console: Console, host: str, ssh_options: tuple[str, ...]) -> None:
    """Let editors on HOST use this machine's agent by ssh, until Ctrl-C.

    HOST is what you give to ssh. Options for ssh come after `--`: `hivesync remote devbox -- -p 2222`.
    Whoever is root on HOST can act as you in HiveSync meanwhile, so name only machines that you trust.
    """
    with console.client() as client:
        ensure_running(console, client)
        try:
            _keep(console, client, host, ssh_options)
        except KeyboardInterrupt:
            console.note(f"Ended; editors on {host} no longer find the agent.")


def _keep(console: Console, client: Client, host: str, options: tuple[str, ...]) -> None:
    """Keep a forward over lost connections and restarts of the agent; raise what waiting can't mend."""
    from hivesync.discovery import FileStamp, read_discovery

    from hivesync_agent.remote.forward import Forward, ForwardLost, PortTaken

    path = client.locations.discovery_file(client.settings.profile)
    was_ready, failures = False, 0
    while True:
        while (stamp := FileStamp.of(path)) is None:
            time.sleep(_POLL_SECONDS)  # the agent is being restarted, or has ended for now
        try:
            with closing(Forward(host, options, read_discovery(path))) as forward:
                forward.until_ready()
                _tell(console, host, forward)
                was_ready, failures = True, 0
                while FileStamp.of(path) == stamp:
                    forward.check()
                    time.sleep(_POLL_SECONDS)
        except (ForwardLost, PortTaken) as error:
            if not was_ready:
                raise
            # A port stays taken for a while where the other side has not noticed the loss yet.
            pause = _PAUSES_SECONDS[min(failures, len(_PAUSES_SECONDS) - 1)]
            failures += 1
            console.note(f"{error.detail} Trying again in {pause:g} s.")
            time.sleep(pause)


def _tell(console: Console, host: str, forward: Forward) -> None:
    port = forward.discovery.port
    text = f"Editors on {host} now find this machine's agent at 127.0.0.1:{port} there. Ctrl-C ends it."
    console.result({"host": host, "port": port, "ready": True}, [text])
    sys.stdout.flush()
