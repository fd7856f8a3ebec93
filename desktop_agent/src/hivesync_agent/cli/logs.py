"""`hivesync logs`: the agent's log file, which the agent has redacted as it wrote it."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path

import click

from hivesync_agent.cli.console import Console, console_options, print_json

_POLL_SECONDS = 0.3


@click.command()
@click.option(
    "-n", "--lines", default=100, show_default=True, type=click.IntRange(min=0), help="How many lines."
)
@click.option("-f", "--follow", is_flag=True, help="Keep printing what is added, until Ctrl-C.")
@console_options
def command(console: Console, lines: int, follow: bool) -> None:
    """Show the agent's log."""
    from hivesync.locations import Locations
    from hivesync.settings import Settings

    profile = Settings.from_env(profile=console.profile).profile
    path = Locations.detect().agent_log(profile)
    recent = _tail(path, lines)
    if console.as_json:
        print_json({"path": str(path), "lines": recent})
        return
    if not path.exists():
        console.note(f"There is no log yet at {path}.")
    for line in recent:
        click.echo(line)
    if follow:
        _follow(path)


def _tail(path: Path, count: int) -> list[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return [line.rstrip("\n") for line in deque(file, maxlen=count)]
    except FileNotFoundError:
        return []


def _follow(path: Path) -> None:
    """Print what is appended; a rotated file is opened anew from its start."""
    position = path.stat().st_size if path.exists() else 0
    while True:
        time.sleep(_POLL_SECONDS)
        if not path.exists():
            continue
        if path.stat().st_size < position:
            position = 0
        with path.open(encoding="utf-8", errors="replace") as file:
            file.seek(position)
            while line := file.readline():
                click.echo(line, nl=False)
            position = file.tell()
