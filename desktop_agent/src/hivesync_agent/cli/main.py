"""Entry of `hivesync`. Loads a command only when it is asked for, so that every start is quick."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from hivesync_agent.cli.console import Console
from hivesync_agent.cli.failures import report

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_COMMANDS = {
    "agent": "start, stop and look at the desktop agent",
    "api": "make one call, by agent or direct",
    "completion": "print what a shell needs to complete commands",
    "docs": "have a file explained and documented by AI",
    "doctor": "find out what is wrong and what to do",
    "link": "link a folder to a project, and approve folders beside it",
    "login": "sign in on this machine",
    "logout": "end the session of this machine",
    "logs": "show the agent's log",
    "notifications": "show what happened for you",
    "operations": "show and settle changes that wait for the network",
    "plugins": "install, list and remove the plugins of your editors",
    "preview": "show a project on your phone",
    "remote": "let editors on another machine use this agent, by ssh",
    "service": "start the agent at login, and again after a crash",
    "status": "show agent, connection and session",
    "support-bundle": "collect what helps to find a fault, without secrets",
    "tasks": "show what is to do in a project, add to it, say how far it is",
    "tray": "show the icon in the desktop's panel",
    "token": "print an access token of at most 15 minutes",
    "uninstall": "remove HiveSync from your account on this machine",
    "whoami": "show who is signed in",
}


class LazyGroup(click.Group):
    """Knows its commands by name and one line of help; a command's module is imported to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names in alphabetical order."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and give the command."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"hivesync_agent.cli.{cmd_name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command's name without importing any: a shell waits for this at every Tab."""
        from click.shell_completion import CompletionItem

        names = [
            CompletionItem(name, help=text)
            for name, text in sorted(_COMMANDS.items())
            if name.startswith(incomplete)
        ]
        return names or super().shell_complete(ctx, incomplete)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON; also after the command.")
@click.option("--profile", metavar="NAME", help="Account profile (default: HIVESYNC_PROFILE or 'default').")
@click.version_option(package_name="hivesync-agent", prog_name="hivesync")
@click.pass_context
def cli(ctx: click.Context, as_json: bool, profile: str | None) -> None:
    """See the screen you are editing on your phone."""
    ctx.obj = Console(as_json, profile)


def run(arguments: list[str]) -> int:
    """Run one command and give its exit code; expected failures end in words, not in a traceback."""
    try:
        code = cli.main(args=arguments, prog_name="hivesync", standalone_mode=False)
    except (Exception, KeyboardInterrupt) as error:
        return report(error, as_json="--json" in arguments)
    return code if isinstance(code, int) else 0


def main() -> None:
    """Be the `hivesync` command."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
