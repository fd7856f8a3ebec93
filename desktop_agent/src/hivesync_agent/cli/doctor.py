"""`hivesync doctor`: what is wrong on this machine, where it begins, and what to do about it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from hivesync_agent.cli.console import Console, console_options
from hivesync_agent.cli.failures import EXIT_FAILED


@click.command()
@console_options
def command(console: Console) -> None:
    """Find what is wrong, where it begins, and what to do; exit code 1 if something is wrong.

    Looks at folders, disk, loopback, agent, versions, file events, keychain, proxy, DNS, certificate,
    backend, clock, session, storage and Worker. Changes nothing.
    """
    from hivesync_agent.cli.checks.check import Machine
    from hivesync_agent.cli.checks.everything import look_at
    from hivesync_agent.cli.checks.finding import first_cause
    from hivesync_agent.cli.checks.report import report_lines

    with console.client(may_prompt=False) as client, _Progress.shown(console) as progress:
        machine = Machine.of(client)
        findings = look_at(machine, progress.still)
    cause = first_cause(findings)
    value = {"healthy": cause is None, "cause": cause.check if cause else None, "findings": findings}
    console.result(value, report_lines(findings, machine.origin))
    if cause is not None:
        raise click.exceptions.Exit(EXIT_FAILED)


class _Progress:
    """One line that says what is waited for: on a terminal it changes and goes, elsewhere it is said once."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._moves = sys.stderr.isatty() and not console.as_json
        self._was_said = False

    @classmethod
    @contextmanager
    def shown(cls, console: Console) -> Iterator[_Progress]:
        progress = cls(console)
        try:
            yield progress
        finally:
            if progress._moves and progress._was_said:
                click.echo("\r\x1b[K", err=True, nl=False)

    def still(self, names: list[str]) -> None:
        text = f"Still looking at: {', '.join(names)} …"
        if self._moves:
            click.echo(f"\r\x1b[K{text}", err=True, nl=False)
        elif not self._was_said:
            self._console.note(text)
        self._was_said = True
