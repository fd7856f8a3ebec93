"""`hivesync tasks`: what is to do in a project; add to it, and say how far it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click
from hivesync_contract.tasks import Task, TaskStatus

from hivesync_agent.cli.chosen_project import ChosenProject, choose_project, project_option
from hivesync_agent.cli.console import Console, console_options
from hivesync_agent.cli.printable import printable

if TYPE_CHECKING:
    from hivesync import Client

_PROJECT = "hivesync.project"
_TO_DO = (TaskStatus.IN_PROGRESS, TaskStatus.BLOCKED, TaskStatus.OPEN)
_STATUS = click.Choice([each.value for each in TaskStatus])


@click.group(invoke_without_command=True)
@project_option
@click.option("--mine", is_flag=True, help="Only those that are assigned to you.")
@click.option("--all", "every", is_flag=True, help="Those that are done, too.")
@console_options
def command(console: Console, project: str | None, mine: bool, every: bool) -> None:
    """Show what is to do in a project: what is in progress first, then what is blocked, then the rest."""
    ctx = click.get_current_context()
    ctx.obj = console
    ctx.meta[_PROJECT] = project
    if ctx.invoked_subcommand is not None:
        if mine or every:
            raise click.UsageError("--mine and --all are for the list, without another word.")
        return
    with console.client() as client:
        chosen = choose_project(client, project)
        wanted = (*_TO_DO, TaskStatus.DONE) if every else _TO_DO
        assignee = "me" if mine else None
        found = client.projects.tasks(chosen.id)
        items = [task for status in wanted for task in found.list(status=status, assignee=assignee)]
    console.result({"project_id": chosen.id, "items": items}, _lines(chosen, items, all_shown=every))


@command.command()
@click.argument("title")
@click.option("--description", default="", metavar="TEXT", help="More about it, as Markdown.")
@click.option("--mine", is_flag=True, help="Assign it to yourself.")
@project_option
@console_options
def add(console: Console, title: str, description: str, mine: bool, project: str | None) -> None:
    """Add a task at the end."""
    with console.client() as client:
        chosen = _chosen(client, project)
        assignee = client.me().id if mine else None
        task = client.projects.tasks(chosen.id).create(title, description=description, assignee_id=assignee)
    console.result(task, [_line(task)])


@command.command("set")
@click.argument("task_id", metavar="ID")
@click.argument("status", metavar="STATUS", type=_STATUS)
@project_option
@console_options
def set_status(console: Console, task_id: str, status: str, project: str | None) -> None:
    """Say how far a task is: open, in_progress, blocked or done."""
    with console.client() as client:
        chosen = _chosen(client, project)
        task = client.projects.tasks(chosen.id).update(task_id, status=TaskStatus(status))
    console.result(task, [_line(task)])


def _chosen(client: Client, project: str | None) -> ChosenProject:
    return choose_project(client, project or click.get_current_context().meta[_PROJECT])


def _lines(project: ChosenProject, tasks: Sequence[Task], *, all_shown: bool) -> Iterator[str]:
    if not tasks:
        yield printable(f"{project.name}: no task" if all_shown else f"{project.name}: nothing to do")
        return
    yield printable(project.name)
    yield from map(_line, tasks)


def _line(task: Task) -> str:
    due = f", due {task.due_at.astimezone():%Y-%m-%d}" if task.due_at else ""
    return printable(f"{task.status:<11}  {task.id}  {task.title}{due}", kept="")
