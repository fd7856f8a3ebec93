"""Which project a command means: the one that is named, the linked folder's, or the only one there is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from hivesync_agent.cli.printable import printable

if TYPE_CHECKING:
    from hivesync import Client

_NAMES_SHOWN = 10


class ChosenProject(NamedTuple):
    """A project of the backend."""

    id: str
    name: str


def project_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--project` to a command."""
    explained = "Its name or id (default: that of this folder, see `hivesync link`)."
    return click.option("--project", metavar="PROJECT", help=explained)(command)


def choose_project(client: Client, wanted: str | None) -> ChosenProject:
    """Give the project; raise `click.UsageError` with the names to choose from where that is not plain."""
    if wanted is None and (linked := _linked_around(client, Path.cwd())) is not None:
        return linked
    there_are = [ChosenProject(each.id, each.name) for each in client.projects.list()]
    found = [each for each in there_are if wanted is None or wanted in each]
    if len(found) == 1:
        return found[0]
    raise click.UsageError(_question(wanted, found or there_are))


def _linked_around(client: Client, folder: Path) -> ChosenProject | None:
    from hivesync import AgentAbsent

    try:
        linked = client.agent.linked_projects()
    except AgentAbsent:  # only it knows; the projects themselves are found without one
        return None
    here = Path(os.path.realpath(folder))
    around = [each for each in linked if here.is_relative_to(each.root)]
    nearest = max(around, key=lambda each: len(each.root), default=None)
    return None if nearest is None else ChosenProject(nearest.id, nearest.name)


def _question(wanted: str | None, choice: list[ChosenProject]) -> str:
    if not choice:
        return "You have no project yet; `hivesync link` makes one of this folder."
    known = wanted is not None and any(wanted in each for each in choice)
    shown = [f"{each.name} ({each.id})" if known else each.name for each in choice[:_NAMES_SHOWN]]
    more = f" and {len(choice) - len(shown)} more" if len(choice) > len(shown) else ""
    if wanted is None:
        problem = "This folder is not linked to a project"
    else:
        problem = f"Several projects are called {wanted}" if known else f"No project is called {wanted}"
    return printable(f"{problem}. Name one with --project: {', '.join(shown)}{more}.")
