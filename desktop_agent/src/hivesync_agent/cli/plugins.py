"""`hivesync plugins …`: the editors of this machine, and the plugin in each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import click
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.cli.console import Console, console_options
from hivesync_agent.cli.failures import EXIT_FAILED
from hivesync_agent.plugins.everything import EDITORS, find_places
from hivesync_agent.plugins.machine import Machine
from hivesync_agent.plugins.place import Outcome, Place, put, take_away

_EDITORS = click.argument("editors", nargs=-1, type=click.Choice(list(EDITORS)))
_WORDS = {
    Outcome.INSTALLED: "installed",
    Outcome.UPDATED: "updated",
    Outcome.UNCHANGED: "has it already",
    Outcome.REMOVED: "removed",
    Outcome.ABSENT: "had none",
}


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one editor. `reason` says why a plugin was refused."""

    editor: str
    name: str
    path: str
    outcome: Outcome
    version: str | None
    next_step: str
    reason: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One editor of this machine; `version` is null where the plugin is not installed."""

    editor: str
    name: str
    path: str
    version: str | None
    current: bool


@click.group(name="plugins")
def command() -> None:
    """Install, list and remove the plugins of this machine's editors."""


@command.command()
@_EDITORS
@console_options
def install(console: Console, editors: tuple[str, ...]) -> None:
    """Install the bundled plugin into every editor that is found, or into these; again is fine.

    EDITORS: vscode (and its kin), jetbrains, vim, neovim, sublime. Nobody needs to be signed in.
    """
    _act(console, editors, put)


@command.command()
@_EDITORS
@console_options
def remove(console: Console, editors: tuple[str, ...]) -> None:
    """Remove what `install` has put into every editor, or into these."""
    _act(console, editors, take_away)


@command.command(name="list")
@console_options
def list_(console: Console) -> None:
    """Show the editors of this machine, and which plugin each has."""
    listed = [_listed(place) for place in find_places(Machine.here())]
    console.result(listed, _list_lines(listed))


def _act(console: Console, editors: tuple[str, ...], act: Callable[[Place], Outcome]) -> None:
    places = find_places(Machine.here(), editors)
    done = [_do(place, act) for place in places]
    missing = [editor for editor in editors if editor not in {place.editor for place in places}]
    console.result(done, _lines(done, missing))
    refused = [each for each in done if each.outcome is Outcome.REFUSED]
    # Unasked, one editor that can't be served is told and does not spoil the rest.
    if missing or (refused and (editors or len(refused) == len(done))):
        raise click.exceptions.Exit(EXIT_FAILED)


def _do(place: Place, act: Callable[[Place], Outcome]) -> Done:
    reason = ""
    try:
        outcome = act(place)
    except HiveSyncError as error:
        outcome, reason = Outcome.REFUSED, error.detail
    except OSError as error:
        outcome, reason = Outcome.REFUSED, f"{error.filename or place.path}: {error.strerror}"
    installed = place.installed()
    is_there = outcome in (Outcome.INSTALLED, Outcome.UPDATED)
    return Done(
        place.editor,
        place.name,
        str(place.path),
        outcome,
        installed.version if installed else None,
        place.next_step if is_there else "",
        reason,
    )


def _listed(place: Place) -> Listed:
    installed = place.installed()
    version = installed.version if installed else None
    return Listed(place.editor, place.name, str(place.path), version, bool(installed and installed.current))


def _lines(done: list[Done], missing: list[str]) -> Iterator[str]:
    if not done and not missing:
        yield "No editor was found on this machine that there is a plugin for."
    for each in done:
        if each.outcome is Outcome.REFUSED:
            yield f"{each.name}: not done. {each.reason}"
            continue
        version = f" {each.version}" if each.version else ""
        yield f"{each.name}: {_WORDS[each.outcome]}{version} ({each.path})"
        if each.next_step:
            yield f"  {each.next_step}"
    for editor in missing:
        yield f"{editor}: this editor was not found on this machine."


def _list_lines(listed: list[Listed]) -> Iterator[str]:
    if not listed:
        yield "No editor was found on this machine that there is a plugin for."
    width = max((len(each.name) for each in listed), default=0)
    for each in listed:
        state = "not installed" if each.version is None else each.version
        hint = "" if each.version is None or each.current else "  (`hivesync plugins install` updates it)"
        yield f"{each.name:<{width}}  {state}{hint}"
