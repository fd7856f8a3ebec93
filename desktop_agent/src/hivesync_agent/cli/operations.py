"""`hivesync operations`: changes that wait for the network, and those that came back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from hivesync_agent.cli.console import Console, console_options

if TYPE_CHECKING:
    from hivesync_contract.operations import Operation, OperationList


@click.group(invoke_without_command=True)
@console_options
def command(console: Console) -> None:
    """Show and settle changes that wait for the network."""
    ctx = click.get_current_context()
    ctx.obj = console
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_operations)


@command.command("list")
@console_options
def list_operations(console: Console) -> None:
    """Show what waits and what came back, in the order of sending."""
    with console.client() as client:
        operations = client.agent.operations()
    console.result(operations, _lines(operations))


@command.command()
@click.argument("operation_id", metavar="ID")
@console_options
def discard(console: Console, operation_id: str) -> None:
    """Give a change up for good."""
    with console.client() as client:
        client.agent.discard_operation(operation_id)
    console.result({"id": operation_id, "state": "discarded"}, ["Given up."])


@command.command()
@click.argument("operation_id", metavar="ID")
@console_options
def retry(console: Console, operation_id: str) -> None:
    """Send a conflict once more, over what is there now."""
    with console.client() as client:
        operation = client.agent.retry_operation(operation_id)
    console.result(operation, ["It waits again and is sent as soon as HiveSync can be reached."])


def _lines(operations: OperationList) -> Iterator[str]:
    if not operations.items:
        yield "Nothing waits."
    for operation in operations.items:
        yield from _about(operation)
    if others := operations.of_other_accounts:
        yield f"{others} of accounts that are not signed in: shown, and sent, when they are"
    for name in operations.damaged:
        yield f"damaged   {name}: unreadable, kept aside in the agent's state folder"


def _about(operation: Operation) -> Iterator[str]:
    made = operation.queued_at.astimezone().strftime("%Y-%m-%d %H:%M")
    yield f"{operation.state:<9} {operation.id}  {operation.kind}  {operation.path}, {made}"
    if operation.conflict is None:
        return
    yield f"          {operation.conflict.problem.detail}"
    for side, value in (("yours", operation.change), ("theirs", operation.conflict.theirs)):
        if value is not None:
            yield f"          {side}: {_json(value)}"


def _json(value: object) -> str:
    import msgspec

    return msgspec.json.encode(value).decode()
