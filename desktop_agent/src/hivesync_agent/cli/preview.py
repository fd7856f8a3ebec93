"""`hivesync preview`: from a folder to a screen on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from hivesync_contract.previews import Platform, PreviewState

from hivesync_agent.cli import agent_process
from hivesync_agent.cli.browser import open_ours
from hivesync_agent.cli.console import Console, console_options
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
@click.option("--live", is_flag=True, help="Keep following: the phone updates on every save.")
@click.option("--no-wait", is_flag=True, help="Return as soon as the agent has taken it.")
@click.option("--open", "opens", is_flag=True, help="Open the page in this machine's browser too.")
@console_options
def command(
    console: Console,
    path: Path,
    entry: str | None,
    platform: str,
    live: bool,
    no_wait: bool,
    opens: bool,
) -> None:
    """Show a project, or one file of it, on your phone."""
    with console.client() as client:
        agent_process.ensure_running(console, client)
        preview = client.previews.create(path, entry=entry, platform=Platform(platform), live=live)
        if not no_wait:
            preview = _follow(console, client, preview)
        console.result(preview, _lines(preview))
        if opens and preview.state is PreviewState.READY:
            _open(console, client, preview.preview_url)
        if live and not no_wait:
            _follow_live(console, client, preview)


def _follow(console: Console, client: Client, preview: LocalPreview) -> LocalPreview:
    """Tell every step; give the ready preview or raise `PreviewFailed`."""
    from hivesync import PreviewFailed

    told = ""
    for current in client.previews.watch(preview.id):
        preview = current
        if (line := _progress(current)) != told:
            console.note(line)
            told = line
    if preview.error is not None:
        for line in _diagnosis(preview):
            console.note(line)
        raise PreviewFailed(preview.error)
    return preview


def _progress(preview: LocalPreview) -> str:
    if preview.state is PreviewState.UPLOADING and preview.total_bytes:
        return f"uploading  {preview.uploaded_bytes / 1000:.0f} of {preview.total_bytes / 1000:.0f} kB"
    return preview.state.value


def _diagnosis(preview: LocalPreview) -> Iterator[str]:
    """Give the place in the source as compilers do, so that terminals make it a link."""
    place = preview.error.diagnostic if preview.error else None
    if place is None:
        return
    if place.file:
        position = "".join(f":{number}" for number in (place.line, place.column) if number is not None)
        yield f"{place.file}{position}: {place.message}"
    if place.frame:
        yield place.frame
    if place.hint:
        yield f"hint: {place.hint}"


def _lines(preview: LocalPreview) -> Iterator[str]:
    if preview.skipped:
        yield f"left out, since they may hold secrets: {', '.join(preview.skipped)}"
    if not preview.preview_url:
        yield f"preview {preview.id} is {preview.state.value}"
        return
    yield preview.preview_url
    code = whole_code(preview.qr_text, stdout_columns())
    yield code or "(This terminal is too narrow for the QR code; make it wider or the font smaller.)"


def _open(console: Console, client: Client, link: str) -> None:
    origins = [client.settings.server_url, *client.health().upload_origins]
    if not open_ours(link, origins):
        console.warn("The link was not opened: it does not lead to this backend's hosts.")


def _follow_live(console: Console, client: Client, preview: LocalPreview) -> None:
    """Tell every rebuild until Ctrl-C."""
    from hivesync_contract.events import PreviewProgressEvent

    console.note("Following your changes; Ctrl-C ends.")
    for event in client.events():
        match event.data:
            case PreviewProgressEvent(preview=current) if current.id == preview.id:
                console.note(_progress(current))
                for line in _diagnosis(current):
                    console.note(line)
