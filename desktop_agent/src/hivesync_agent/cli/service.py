"""`hivesync service …`: the agent at login and after a crash, for this user alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from hivesync_agent.cli import agent_process
from hivesync_agent.cli.console import Console, console_options
from hivesync_agent.cli.failures import EXIT_FAILED
from hivesync_agent.service.autostart import autostart
from hivesync_agent.service.job import Job, new_job

if TYPE_CHECKING:
    from hivesync import Client

    from hivesync_agent.service.state import ServiceState


@click.group(name="service")
def command() -> None:
    """Start the agent at login, and again after a crash."""


@command.command()
@console_options
def install(console: Console) -> None:
    """Install and start the service.

    Again is fine, and takes over changed settings.
    """
    with console.client() as client:
        job = _job(client)
        # One that was started by hand would keep the service's own from starting.
        agent_process.stop(client)
        autostart().install(job)
        status = agent_process.wait_for(client)
        state = autostart().state(job)
    for name in job.left_out:
        console.warn(f"{name} holds a password, so it was not written into the service; see the guide.")
    text = f"The agent starts at login from now on ({state.path}) and runs (pid {status.pid})."
    console.result({"service": state, "pid": status.pid, "left_out": job.left_out}, [text])


@command.command()
@console_options
def uninstall(console: Console) -> None:
    """Stop the agent and remove the service; fine if there is none."""
    with console.client() as client:
        agent_process.stop(client)
        removed = autostart().uninstall(_job(client))
    text = "The agent has stopped and no longer starts at login." if removed else "No service was installed."
    console.result({"removed": removed}, [text])


@command.command()
@console_options
def status(console: Console) -> None:
    """Tell whether the service runs.

    Exit code 1 if it is not installed, enabled and running.
    """
    with console.client() as client:
        state = autostart().state(_job(client))
    console.result(state, _lines(state))
    if not (state.installed and state.enabled and state.running):
        raise click.exceptions.Exit(EXIT_FAILED)


def _job(client: Client) -> Job:
    return new_job(client.settings.profile, client.locations)


def _lines(state: ServiceState) -> Iterator[str]:
    yield f"installed  {'yes, ' + state.path if state.installed else 'no; run `hivesync service install`'}"
    yield f"enabled    {'yes' if state.enabled else 'no'}"
    yield f"running    {f'yes, pid {state.pid}' if state.pid else 'yes' if state.running else 'no'}"
    if state.installed and not state.is_current:
        yield "settings   differ from this shell's; `hivesync service install` takes these over"
    if state.detail:
        yield f"note       {state.detail}"
