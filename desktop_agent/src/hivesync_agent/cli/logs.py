"""`hivesync logs`: what the agent has logged, redacted as it was written. The agent that runs is asked first:
only it knows for sure where its log is; without one the file is read."""

from __future__ import annotations

import json
import time
from collections import deque
from typing import TYPE_CHECKING

import click
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.cli.console import Console, console_options
from hivesync_agent.cli.growing_log import GrowingLog
from hivesync_agent.cli.log_line import as_object, readable

if TYPE_CHECKING:
    from pathlib import Path

    from hivesync import Client

_POLL_SECONDS = 0.3
_AGENT_LINES_MAX = 2_000
"""What an agent gives at once; more is read from the file."""


@click.command()
@click.option(
    "-n", "--lines", default=100, show_default=True, type=click.IntRange(min=0), help="How many lines."
)
@click.option(
    "-f",
    "--follow",
    is_flag=True,
    help="Keep printing what is added, until Ctrl-C; with --json one object per line.",
)
@console_options
def command(console: Console, lines: int, follow: bool) -> None:
    """Show the agent's log, in local time; with --json as it was written."""
    with console.client(may_prompt=False) as client:
        path = client.locations.agent_log(client.settings.profile)
        told = None if follow else _told_by_agent(client, lines)
    if told is not None:
        _show(console, None, told)
        return
    log = GrowingLog(path)
    recent = list(deque(log.new_lines(), maxlen=lines))
    if not path.exists():
        console.note(f"There is no log yet at {path}.")
    if not follow:
        _show(console, path, recent)
        return
    while True:
        for line in recent:
            click.echo(json.dumps(as_object(line)) if console.as_json else readable(line))
        time.sleep(_POLL_SECONDS)
        recent = list(log.new_lines())


def _show(console: Console, path: Path | None, lines: list[str]) -> None:
    console.result({"path": path and str(path), "lines": [*map(as_object, lines)]}, [*map(readable, lines)])


def _told_by_agent(client: Client, lines: int) -> list[str] | None:
    """Give the last lines, or None where no agent answers with as many as were asked for."""
    if not 0 < lines <= _AGENT_LINES_MAX:
        return None
    try:
        answer = client.request("GET", "/v1/logs", params={"lines": lines}).raise_for_status()
        return answer.decode(dict[str, list[str]])["lines"]
    except (HiveSyncError, KeyError):
        return None
