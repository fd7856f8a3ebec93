"""What a command says, and in which form. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from hivesync import Client


@dataclass(frozen=True, slots=True)
class Console:
    """How to answer, and for which profile."""

    as_json: bool = False
    profile: str | None = None

    def client(self, **options: Any) -> Client:
        """Give a client that calls itself this command."""
        import hivesync

        from hivesync_agent import VERSION

        options.setdefault("may_prompt", sys.stdin is not None and sys.stdin.isatty())
        return hivesync.Client(profile=self.profile, name=f"hivesync-cli/{VERSION}", **options)

    def result(self, value: Any, lines: Iterable[str]) -> None:
        """Print the one result of a command: the value as JSON, or the lines for people."""
        if self.as_json:
            print_json(value)
            return
        for line in lines:
            click.echo(line)

    def event(self, event_type: str, data: Any, lines: Iterable[str]) -> None:
        """Print one of many events: an object in a line, named as in the agent's stream; or the lines."""
        self.result({"type": event_type, "data": data}, lines)

    def note(self, text: str) -> None:
        """Tell a person what goes on; silent in JSON, since no program asks for it."""
        if not self.as_json:
            click.echo(text, err=True)

    def warn(self, text: str) -> None:
        """Tell what the user should know in any form."""
        click.secho(text, fg="yellow", err=True)


def print_json(value: Any) -> None:
    """Print one JSON document in one line."""
    import msgspec

    click.echo(msgspec.json.encode(value))


def console_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--json` and `--profile` to a command, and give it the `Console` that results."""

    @click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
    @click.option("--profile", metavar="NAME", help="Account profile.")
    @click.pass_obj
    @functools.wraps(command)
    def wrapped(outer: Console, /, *args: Any, as_json: bool, profile: str | None, **kwargs: Any) -> Any:
        console = Console(as_json or outer.as_json, profile or outer.profile)
        return command(console, *args, **kwargs)

    return wrapped
