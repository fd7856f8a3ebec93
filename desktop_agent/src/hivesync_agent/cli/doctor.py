"""`hivesync doctor`: what is wrong on this machine, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from hivesync_agent.cli.console import Console, console_options
from hivesync_agent.cli.failures import EXIT_FAILED

if TYPE_CHECKING:
    from hivesync_agent.cli.checks.finding import Finding

_COLOUR = {"ok": "green", "note": "yellow", "wrong": "red"}


@click.command()
@console_options
def command(console: Console) -> None:
    """Check folders, agent, keychain, backend, clock and session; exit code 1 if something is wrong."""
    from hivesync_agent.cli.checks.everything import look_at_everything

    with console.client(may_prompt=False) as client:
        findings = list(look_at_everything(client))
    is_healthy = all(finding.grade != "wrong" for finding in findings)
    console.result({"healthy": is_healthy, "findings": findings}, _lines(findings))
    if not is_healthy:
        raise click.exceptions.Exit(EXIT_FAILED)


def _lines(findings: list[Finding]) -> Iterator[str]:
    for finding in findings:
        mark = click.style(f"{finding.grade:<6}", fg=_COLOUR[finding.grade])
        yield f"{mark}{finding.check:<15}{finding.text}"
        if finding.remedy:
            yield f"      {'':<15}→ {finding.remedy}"
