"""`hivesync agent …`: the life of the desktop agent."""

from __future__ import annotations

import click

from hivesync_agent.cli import agent_process
from hivesync_agent.cli.console import Console, console_options
from hivesync_agent.cli.failures import EXIT_FAILED


@click.group(name="agent")
def command() -> None:
    """Start, stop and look at the desktop agent."""


@command.command()
@console_options
def run(console: Console) -> None:
    """Be the agent, in the foreground."""
    from hivesync_agent.main import run as run_agent

    raise click.exceptions.Exit(run_agent(profile=console.profile, as_json=console.as_json))


@command.command()
@console_options
def start(console: Console) -> None:
    """Start the agent in the background, if none runs."""
    with console.client() as client:
        running = agent_process.is_running(client)
        status = client.agent.status() if running else agent_process.start(client)
    text = f"The agent {'already runs' if running else 'has started'} (pid {status.pid})."
    console.result({"running": True, "started": not running, "pid": status.pid}, [text])


@command.command()
@console_options
def stop(console: Console) -> None:
    """Stop the agent; fine if none runs."""
    with console.client() as client:
        stopped = agent_process.stop(client)
    text = "The agent has stopped." if stopped else "No agent was running."
    console.result({"running": False, "stopped": stopped}, [text])


@command.command()
@console_options
def restart(console: Console) -> None:
    """Stop the agent and start it again."""
    with console.client() as client:
        agent_process.stop(client)
        status = agent_process.start(client)
    console.result({"running": True, "pid": status.pid}, [f"The agent has started (pid {status.pid})."])


@command.command()
@console_options
def status(console: Console) -> None:
    """Tell whether the agent runs; exit code 1 if not."""
    from hivesync import AgentAbsent

    with console.client() as client:
        try:
            found = client.agent.status()
        except AgentAbsent as absent:
            console.result({"running": False, "reason": absent.detail}, [absent.detail])
            raise click.exceptions.Exit(EXIT_FAILED) from None
    text = f"The agent {found.version} runs (pid {found.pid}, {found.uptime_seconds:.0f} s)."
    console.result({"running": True, "status": found}, [text])
