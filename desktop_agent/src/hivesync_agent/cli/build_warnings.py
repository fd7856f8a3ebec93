"""What a command says of a preview that is shown, and yet not quite as on a device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from hivesync_agent.cli.console import Console
from hivesync_agent.cli.printable import printable

if TYPE_CHECKING:
    from hivesync_contract.local_diagnostics import LocalWarning

_SHOWN = 10


def tell_warnings(console: Console, warnings: Sequence[LocalWarning]) -> None:
    """Say each at its place, as compilers do, and each hint once."""
    said: set[str] = set()
    for each in warnings[:_SHOWN]:
        place = f"{each.file}:{each.line}:{each.column}: " if each.file else ""
        console.note(f"{printable(place)}{click.style('warning', fg='yellow')}: {printable(each.message)}")
        if each.hint and each.hint not in said:
            said.add(each.hint)
            console.note(f"hint: {printable(each.hint)}")
    if len(warnings) > _SHOWN:
        console.note(f"… and {len(warnings) - _SHOWN} more; --json has them all")
