"""`hivesync link`: which folder is a project, and which folders outside of it its previews may read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_agent.cli import agent_process
from hivesync_agent.cli.console import Console, console_options

if TYPE_CHECKING:
    from hivesync import Client
    from hivesync_contract.local_projects import LocalProject

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


class NotLinked(HiveSyncError):
    """The folder is not linked, so there is nothing to take back."""

    code = ErrorCode.NOT_FOUND


@click.command()
@click.argument("path", type=_FOLDER, default=".")
@click.option(
    "--root",
    "roots",
    type=_FOLDER,
    multiple=True,
    help="A folder outside of it that its imports and links may lead to; again for more.",
)
@click.option("--no-roots", is_flag=True, help="Take back the folders that were approved before.")
@click.option("--project", "project_id", metavar="ID", help="A project that you have; else one is made.")
@click.option("--remove", is_flag=True, help="Forget the link; the project itself stays.")
@console_options
def command(
    console: Console,
    path: Path,
    roots: tuple[Path, ...],
    no_roots: bool,
    project_id: str | None,
    remove: bool,
) -> None:
    """Link a folder to a project: it is watched, and its previews may read the approved folders.

    The packages of a workspace (pnpm, npm, yarn, bun, Lerna, Nx) need not be approved.
    """
    if remove and (roots or no_roots or project_id):
        raise click.UsageError("--remove goes with no other option.")
    with console.client() as client:
        agent_process.ensure_running(console, client)
        known = _linked(client, path)
        if remove:
            if known is None:
                raise NotLinked(f"{path.resolve()} is not linked; there is nothing to remove.")
            client.agent.unlink_project(known.id)
            console.result(known, [f"{known.root} is not linked any more"])
            return
        kept = known.workspace_roots if known is not None and not no_roots else []
        approved = list(dict.fromkeys((*kept, *map(os.path.realpath, roots))))
        linked = client.agent.link_project(path, project_id=project_id, workspace_roots=approved)
        console.result(linked, _lines(linked))


def _linked(client: Client, path: Path) -> LocalProject | None:
    folder = os.path.realpath(path)
    return next((each for each in client.agent.linked_projects() if each.root == folder), None)


def _lines(linked: LocalProject) -> Iterator[str]:
    yield f"{linked.root} is linked to the project {linked.name}"
    yield from (f"its previews may read {folder}" for folder in linked.workspace_roots)
