"""`hivesync support-bundle`: by the agent, or from the files where none answers. Sends nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.cli.console import Console, console_options

if TYPE_CHECKING:
    from hivesync import Client
    from hivesync_contract.local_support import SupportBundle

_DEADLINE_SECONDS = 90.0


@click.command()
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File or folder for the zip; never overwritten."
)
@console_options
def command(console: Console, output: Path | None) -> None:
    """Collect what helps to find a fault in a zip: logs, status, findings, versions; no secrets.

    Nothing is sent. Look at the zip before you pass it on; its manifest.json says what is inside.
    """
    from hivesync_agent.support.bundle import move_to

    with console.client(may_prompt=False, timeout_seconds=_DEADLINE_SECONDS) as client:
        try:
            bundle = client.agent.support_bundle()
        except HiveSyncError as error:
            bundle = _from_files(client, error.detail)
    if output is not None:
        bundle = move_to(bundle, output)
    console.result(bundle, _lines(bundle))


def _from_files(client: Client, reason: str) -> SupportBundle:
    from hivesync_agent.support.bundle import bundle_folder, write_bundle
    from hivesync_agent.support.contents import contents

    note = f"Made without the agent, so its events are missing: {reason}"
    folder = bundle_folder(client.locations.state)
    return write_bundle(contents(client, None), folder, made_by="command", note=note)


def _lines(bundle: SupportBundle) -> Iterator[str]:
    yield bundle.path
    for file in bundle.files:
        yield f"  {file.name:<16}{file.size_bytes:>9} bytes  {file.purpose}"
    if bundle.note:
        yield bundle.note
    yield "Nothing was sent. Look inside before you pass it on."
