"""`hivesync uninstall`: everything that HiveSync has made in this user's account, gone; asked for first."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_agent.cli.console import Console, console_options
from hivesync_agent.cli.failures import EXIT_FAILED

if TYPE_CHECKING:
    from hivesync_agent.uninstall.plan import Plan
    from hivesync_agent.uninstall.report import Left, Report


class ChangesWait(HiveSyncError):
    """Changes of the user would be lost, and nobody has agreed to that."""

    code = ErrorCode.CONFLICT


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--discard-changes", is_flag=True, help="Lose changes that the server has yet to take.")
@console_options
def command(console: Console, yes: bool, discard_changes: bool) -> None:
    """Remove HiveSync from your account on this machine: every profile.

    Ends agents and trays, removes them from what starts at login, signs out here and at the server, and
    removes sessions from the keychain, logs and all other files that HiveSync has made. Your projects are
    not touched. The program itself stays: the last line says how to remove it.
    """
    from hivesync_agent.service.autostart import autostart
    from hivesync_agent.tray.at_login import tray_entry
    from hivesync_agent.uninstall.plan import make_plan
    from hivesync_agent.uninstall.removal import Removal
    from hivesync_agent.uninstall.shells import completion_traces

    if console.profile:
        raise click.UsageError(
            "`uninstall` removes every profile. For one alone: `hivesync --profile NAME logout` and "
            "`hivesync --profile NAME service uninstall`."
        )
    is_terminal = sys.stdin is not None and sys.stdin.isatty()
    agents, trays = autostart(), tray_entry()
    plan = make_plan(agents, trays, os.environ)
    if not plan.is_empty:
        for line in _plan_lines(plan):
            console.note(line)
        _agree(plan, yes=yes, discard_changes=discard_changes, is_terminal=is_terminal)
    report = Removal(agents, trays, console.note, may_prompt=is_terminal).run(plan)
    report.left += completion_traces(Path.home(), os.environ)
    for problem in report.problems:
        console.warn(problem.detail)
    console.result(report, _lines(report, was_empty=plan.is_empty))
    if report.problems:
        raise click.exceptions.Exit(EXIT_FAILED)


def _agree(plan: Plan, *, yes: bool, discard_changes: bool, is_terminal: bool) -> None:
    """Have the user agree, by options or by word; raise `UsageError`, `ChangesWait` or `Abort`."""
    if not yes:
        if not is_terminal:
            raise click.UsageError("Standard input is not a terminal: add --yes to agree.")
        click.confirm("Remove all this?", abort=True, err=True)
    if plan.changes and not discard_changes:
        if yes or not is_terminal:
            raise ChangesWait(
                f"Changes that the server has yet to take: {plan.changes}. `hivesync operations` shows them; "
                "they are sent while you are signed in and online. To lose them, add --discard-changes."
            )
        click.confirm(f"Lose the changes that were not sent ({plan.changes})?", abort=True, err=True)


def _plan_lines(plan: Plan) -> Iterator[str]:
    yield "This removes HiveSync from your account on this machine:"
    for job in plan.services:
        yield f"  at login   the agent of profile {job.profile}"
    for job in plan.trays:
        yield f"  at login   the tray of profile {job.profile}"
    running = {each.lock: each for home in plan.homes for each in home.running()}
    for process in running.values():
        yield f"  running    {process}"
    for note in plan.notes:
        yield f"  session    {note.account.origin}, profile {note.account.profile}, in the {note.kind}"
    for folder, count in sorted(Counter(path.parent for path in plan.files).items()):
        yield f"  files      {count} in {folder}"
    if plan.changes:
        yield f"  changes    {plan.changes} that the server has yet to take, and that would be LOST"


def _lines(report: Report, *, was_empty: bool) -> Iterator[str]:
    if was_empty:
        yield "Nothing of HiveSync is left in your account on this machine."
    elif not report.problems:
        yield f"HiveSync is removed from your account on this machine ({report.files} files)."
    else:
        yield "HiveSync is removed in part; see above, and run this again."
    for session in report.sessions:
        if not session.server_told:
            yield (
                f"{session.server_url} could not be told that the session of profile {session.profile} has "
                "ended. No token for it is left here; the server ends it 30 days after its last use."
            )
    yield from _left_lines(report.left)
    yield f"The program itself is removed by: {report.package_command}"


def _left_lines(left: list[Left]) -> Iterator[str]:
    for each in left:
        yield f"left  {each.path}: {each.reason}"
