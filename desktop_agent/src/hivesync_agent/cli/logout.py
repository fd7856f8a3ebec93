"""`hivesync logout`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from hivesync_agent.cli import agent_process
from hivesync_agent.cli.console import Console, console_options


@click.command()
@console_options
def command(console: Console) -> None:
    """End the session of this machine, here and at the backend."""
    with console.client() as client:
        if agent_process.is_running(client):
            was_signed_in = client.agent.session().signed_in
            revocations = client.agent.logout().revocations_waiting
            operations = client.agent.status().queued_operations
        else:
            ending = client.sign_in.out()
            was_signed_in, revocations, operations = ending.was_signed_in, ending.waiting, 0
    answer = {
        "signed_out": was_signed_in,
        "revocations_waiting": revocations,
        "queued_operations": operations,
    }
    console.result(answer, _lines(was_signed_in, revocations, operations))


def _lines(was_signed_in: bool, revocations: int, operations: int) -> Iterator[str]:
    yield "Signed out." if was_signed_in else "Nobody was signed in."
    if revocations:
        yield (
            "The server can't be reached, so it has yet to be told. The agent does that as soon as it can; "
            "without an agent, the next sign-in or sign-out does."
        )
    if operations:
        yield f"Changes not sent yet: {operations}. They are kept until their user signs in again."
