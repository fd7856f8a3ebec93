"""`hivesync doctor`: what is wrong on this machine, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from hivesync_agent.cli.console import Console, console_options
from hivesync_agent.cli.failures import EXIT_FAILED

if TYPE_CHECKING:
    from hivesync import Client

    from hivesync_agent.cli.checks.finding import Finding

_COLOUR = {"ok": "green", "note": "yellow", "wrong": "red"}


@click.command()
@console_options
def command(console: Console) -> None:
    """Check folders, agent, keychain, backend, clock and session; exit code 1 if something is wrong."""
    with console.client(may_prompt=False) as client:
        findings = list(_findings(client))
    is_healthy = all(finding.grade != "wrong" for finding in findings)
    console.result({"healthy": is_healthy, "findings": findings}, _lines(findings))
    if not is_healthy:
        raise click.exceptions.Exit(EXIT_FAILED)


def _findings(client: Client) -> Iterator[Finding]:
    from hivesync_agent.cli.checks import connection, machine

    settings, locations = client.settings, client.locations
    yield from machine.check_folders(locations)
    agent_lives, finding = machine.check_lock(locations, settings.profile)
    yield finding
    yield machine.check_discovery(locations, settings.profile, agent_lives=agent_lives)
    yield connection.check_proof(client, agent_lives=agent_lives)
    yield machine.check_keychain(settings, locations)
    backend = connection.check_backend(client)
    yield from backend
    yield connection.check_session(client, backend_answers=backend[0].grade == "ok")


def _lines(findings: list[Finding]) -> Iterator[str]:
    for finding in findings:
        mark = click.style(f"{finding.grade:<6}", fg=_COLOUR[finding.grade])
        yield f"{mark}{finding.check:<15}{finding.text}"
        if finding.remedy:
            yield f"      {'':<15}→ {finding.remedy}"
