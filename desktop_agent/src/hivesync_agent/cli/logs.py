"""`hivesync logs`: what the agent has logged, redacted as it was written. The agent that runs is asked first:
only it knows for sure where its log is; without one the file is read."""

from __future__ import annotations

import os
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import click
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.cli.console import Console, console_options, print_json

if TYPE_CHECKING:
    from hivesync import Client

_POLL_SECONDS = 0.3
_AGENT_LINES_MAX = 2_000
"""What an agent gives at once; more is read from the file."""


@click.command()
@click.option(
    "-n", "--lines", default=100, show_default=True, type=click.IntRange(min=0), help="How many lines."
)
@click.option("-f", "--follow", is_flag=True, help="Keep printing what is added, until Ctrl-C.")
@console_options
def command(console: Console, lines: int, follow: bool) -> None:
    """Show the agent's log."""
    with console.client(may_prompt=False) as client:
        path = client.locations.agent_log(client.settings.profile)
        told = None if follow else _told_by_agent(client, lines)
    if told is not None:
        console.result({"path": None, "lines": told}, told)
        return
    log = _GrowingLog(path)
    recent = list(deque(log.new_lines(), maxlen=lines))
    if console.as_json:
        print_json({"path": str(path), "lines": recent})
        return
    if not path.exists():
        console.note(f"There is no log yet at {path}.")
    for line in recent:
        click.echo(line)
    while follow:
        time.sleep(_POLL_SECONDS)
        for line in log.new_lines():
            click.echo(line)


def _told_by_agent(client: Client, lines: int) -> list[str] | None:
    """Give the last lines, or None where no agent answers with as many as were asked for."""
    if not 0 < lines <= _AGENT_LINES_MAX:
        return None
    try:
        answer = client.request("GET", "/v1/logs", params={"lines": lines}).raise_for_status()
        return answer.decode(dict[str, list[str]])["lines"]
    except (HiveSyncError, KeyError):
        return None


class _GrowingLog:
    """Reads what was added since the last time; a rotated file is begun anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inode = 0
        self._position = 0

    def new_lines(self) -> list[str]:
        """Give the whole lines that are new; none while there is no file."""
        try:
            with self._path.open("rb") as file:
                return self._read(file.fileno())
        except FileNotFoundError:
            return []

    def _read(self, descriptor: int) -> list[str]:
        info = os.fstat(descriptor)
        if info.st_ino != self._inode or info.st_size < self._position:
            self._inode, self._position = info.st_ino, 0
        os.lseek(descriptor, self._position, os.SEEK_SET)
        added = os.read(descriptor, info.st_size - self._position)
        whole = added[: added.rfind(b"\n") + 1]
        self._position += len(whole)
        return whole.decode("utf-8", "replace").splitlines()
