"""`hivesync notifications`: what happened for you, and that you know of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import click

from hivesync_agent.cli.console import Console, console_options
from hivesync_agent.cli.printable import printable

if TYPE_CHECKING:
    from hivesync_contract.notifications import Notification, UnreadCount

_SHOWN = 20


@click.group(invoke_without_command=True)
@click.option("--all", "every", is_flag=True, help="Those that were read, too.")
@click.option("--limit", type=click.IntRange(1), default=_SHOWN, show_default=True, help="How many at most.")
@console_options
def command(console: Console, every: bool, limit: int) -> None:
    """Show your notifications that were not read, the newest first."""
    ctx = click.get_current_context()
    ctx.obj = console
    if ctx.invoked_subcommand is not None:
        return
    with console.client() as client:
        items = list(islice(client.notifications.list(unread=None if every else True), limit))
        unread = client.notifications.unread()
    shown = {"items": items, "unread": unread.count, "more_unread": unread.more}
    console.result(shown, _lines(items, unread))


@command.command()
@click.argument("ids", metavar="[ID]...", nargs=-1)
@console_options
def read(console: Console, ids: tuple[str, ...]) -> None:
    """Mark these as read, or all there are."""
    with console.client() as client:
        left = client.notifications.mark_read(ids or None)
    console.result(left, [_count(left)])


def _lines(items: Sequence[Notification], unread: UnreadCount) -> Iterator[str]:
    for each in items:
        mark = " " if each.read else "*"
        made = each.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
        yield printable(f"{mark} {made}  {each.id}  {each.text}", kept="")
    known = "; `hivesync notifications read` marks them as read" if unread.count else ""
    yield f"{_count(unread)}{known}"


def _count(unread: UnreadCount) -> str:
    return f"{unread.count or 'none'}{' or more' if unread.more else ''} unread"
