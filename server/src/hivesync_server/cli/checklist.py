"""The deployment checklist, executed."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict

import click

from hivesync_server.checks import Finding, State, run_checks
from hivesync_server.checks.finding import fail
from hivesync_server.cli.output import json_option, settings
from hivesync_server.settings import SettingInvalid


@click.command()
@json_option
def check(as_json: bool) -> None:
    """Look whether everything that the server needs is there, and say what to do about what is not.

    Exits with 0 when all is well or only warns, with 1 when something fails.
    """
    findings = asyncio.run(_collect(as_json))
    counts = {state: sum(finding.state is state for finding in findings) for state in State}
    if as_json:
        click.echo(json.dumps({"findings": [asdict(finding) for finding in findings], **counts}))
    else:
        click.echo(f"{counts[State.OK]} ok, {counts[State.WARN]} to mind, {counts[State.FAIL]} failed.")
    sys.exit(1 if counts[State.FAIL] else 0)


async def _collect(as_json: bool) -> list[Finding]:
    findings: list[Finding] = []

    def add(finding: Finding) -> None:
        findings.append(finding)
        if not as_json:
            _show(finding)

    try:
        loaded = settings()
    except SettingInvalid as error:
        add(fail("settings", error.detail, "env_templates/backend.env.example explains it."))
        return findings
    async for finding in run_checks(loaded):
        add(finding)
    return findings


def _show(finding: Finding) -> None:
    click.echo(f"{finding.state:5} {finding.name}: {finding.detail}")
    if finding.remedy:
        click.echo(f"      → {finding.remedy}")
