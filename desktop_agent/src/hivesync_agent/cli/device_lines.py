"""What phones say, for a terminal. The app may be anybody's, so nothing of it may drive the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click
from hivesync_contract.rooms import ConsoleLevel, ConsoleLine, DeviceConsoleEvent, PreviewDevice

from hivesync_agent.cli.printable import printable

_COLOURS = {ConsoleLevel.ERROR: "red", ConsoleLevel.WARN: "yellow"}
_LEVEL_COLUMNS = max(len(level) for level in ConsoleLevel)


def open_on(devices: Sequence[PreviewDevice]) -> str:
    """Give one line on which phones have the preview open."""
    names = [printable(device.name, "") for device in devices]
    return f"open on {', '.join(names)}" if names else "open on no device"


def device_lines(event: DeviceConsoleEvent, *, named: bool) -> Iterator[str]:
    """Give the lines of one phone's console, each with its place; `named`: and with the phone's name."""
    name = f"{printable(event.device.name, '')}: " if named else ""
    for line in event.lines:
        yield name + _line(line)
    if event.dropped:
        yield f"{name}… and {event.dropped} more, too many to tell"


def _line(line: ConsoleLine) -> str:
    level = f"{line.level:<{_LEVEL_COLUMNS}}"
    if colour := _COLOURS.get(line.level):
        level = click.style(level, fg=colour)
    first, *more = printable(line.text, "\n\t").split("\n")
    place = f"{printable(line.file, '')}:{line.line}:{line.column}" if line.file else ""
    head = f"{level}  {first}  {click.style(place, dim=True)}" if place else f"{level}  {first}"
    indent = " " * (_LEVEL_COLUMNS + 2)
    return "\n".join([head, *(indent + each for each in more)])
