"""Which project a command means: the one that is named, the linked folder's, or the only one there is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from hivesync_contract.errors import ErrorCode, HiveSyncError

if TYPE_CHECKING:
    from hivesync import Client


class ChosenProject(NamedTuple):
    """A project of the backend."""

    id: str
    name: str


class ProjectUnclear(HiveSyncError):
    """Nobody can tell which project is meant; `projects` are those to choose from."""

    code = ErrorCode.PROJECT_UNCLEAR

    def __init__(self, detail: str, projects: list[ChosenProject]) -> None:
        super().__init__(detail)
        self.projects = projects


def project_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--project` to a command."""
    explained = "Its name or id (default: that of this folder, see `hivesync link`)."
    return click.option("--project", metavar="PROJECT", help=explained)(command)


def choose_project(client: Client, wanted: str | None) -> ChosenProject:
    """Give the project; raise `ProjectUnclear` with those to choose from where that is not plain."""
    if wanted is None and (linked := _linked_around(client, Path.cwd())) is not None:
        return linked
    there_are = [ChosenProject(each.id, each.name) for each in client.projects.list()]
    found = [each for each in there_are if wanted is None or wanted in each]
    if len(found) == 1:
        return found[0]
    raise ProjectUnclear(_question(wanted, found, there_are), found or there_are)


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


def _question(wanted: str | None, found: list[ChosenProject], there_are: list[ChosenProject]) -> str:
    if not there_are:
        return "You have no project yet; `hivesync link` makes one of this folder."
    if wanted is None:
        return (
            "This folder is not linked to a project. Name one with --project, or link the folder: "
            "`hivesync link --project ID` to one of these, `hivesync link` to a new one."
        )
    if found:
        return f"Several projects are called {wanted}. Name one by its id: --project ID."
    return f"No project is called {wanted}. Name one of these with --project."
