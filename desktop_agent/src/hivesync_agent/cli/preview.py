"""`hivesync preview`: from a folder to a screen on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from hivesync.origins import allowed_origins
from hivesync_contract.previews import Platform, PreviewState

from hivesync_agent.cli import agent_process
from hivesync_agent.cli.browser import open_ours
from hivesync_agent.cli.build_warnings import tell_warnings
from hivesync_agent.cli.console import Console, console_options
from hivesync_agent.cli.failed_preview import error_lines, tell_failure
from hivesync_agent.cli.following import GIVE_UP_SECONDS, Following
from hivesync_agent.cli.live import follow_live
from hivesync_agent.cli.qr import stdout_columns, whole_code

if TYPE_CHECKING:
    from hivesync import Client
    from hivesync_contract.local_api import LocalPreview


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path), default=".")
@click.option("--entry", metavar="FILE", help="Entry file, relative to the project's root.")
@click.option(
    "--platform", type=click.Choice([item.value for item in Platform]), default="ios", show_default=True
)
@click.option("--live", is_flag=True, help="Show every saved change, until Ctrl-C.")
@click.option("--no-wait", is_flag=True, help="Return as soon as the agent has taken it.")
@click.option(
    "--give-up",
    "give_up_seconds",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=GIVE_UP_SECONDS,
    show_default=True,
    help="How long to wait for a server that is away; the agent goes on by itself.",
)
@click.option("--open", "opens", is_flag=True, help="Open the page in this machine's browser too.")
@console_options
def command(
    console: Console,
    path: Path,
    entry: str | None,
    platform: str,
    live: bool,
    no_wait: bool,
    give_up_seconds: float,
    opens: bool,
) -> None:
    """Show a project on your phone; a source file in it stands for its project."""
    with console.client() as client:
        agent_process.ensure_running(console, client)
        preview = client.previews.create(path, entry=entry, platform=Platform(platform), live=live)
        if entry is None:
            _note_entry(console, path, preview)
        if not no_wait:
            preview = Following(console, client, give_up_seconds=give_up_seconds).until_end(preview)
        if preview.error is not None and not preview.live:
            raise click.exceptions.Exit(tell_failure(console, preview, preview.error))
        tell_warnings(console, preview.warnings)
        console.result(preview, _lines(preview))
        if opens and preview.state is PreviewState.READY:
            _open(console, client, preview.preview_url)
        if preview.live and not no_wait:
            ended = follow_live(console, client, preview)
            if ended is not None and ended.error is not None:
                raise click.exceptions.Exit(tell_failure(console, ended, ended.error))


def _note_entry(console: Console, path: Path, preview: LocalPreview) -> None:
    """Say that a file stands for its app: whoever names a component may expect that alone."""
    if path.is_file() and path.resolve() != Path(preview.root, preview.entry).resolve():
        console.note(f"showing the project's entry {preview.entry}")


def _lines(preview: LocalPreview) -> Iterator[str]:
    if preview.error is not None:
        yield from error_lines(preview.error)
    if preview.skipped:
        yield f"left out, since they may hold secrets: {', '.join(preview.skipped)}"
    if not preview.preview_url:
        yield f"preview {preview.id} is {preview.state.value}"
        return
    yield preview.preview_url
    code = whole_code(preview.qr_text, stdout_columns())
    yield code or "(This terminal is too narrow for the QR code; make it wider or the font smaller.)"


def _open(console: Console, client: Client, link: str) -> None:
    backend = client.agent.status().server_url
    origins = [backend, *allowed_origins(backend, client.health().upload_origins)]
    if not open_ours(link, origins):
        console.warn("The link was not opened: it does not lead to this backend's hosts.")
