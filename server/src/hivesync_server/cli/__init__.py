"""The operator's command `hivesync-server`. It shows no traceback for a failure that can be expected."""

from __future__ import annotations

import gc
from importlib import import_module
from types import ModuleType

import click

from hivesync_server import __version__

_COMMANDS = {
    "serve": ("serve", "serve until SIGTERM"),
    "migrate": ("schema", "bring the database to this release's schema, or back"),
    "check": ("checklist", "look whether all that the server needs is there, and say what to do"),
    "backup": ("backups", "write the whole database to a file"),
    "restore": ("backups", "bring a backup back, into an empty database"),
    "export-openapi": ("openapi", "write the API's description"),
    "set-tier": ("accounts", "give a user another tier"),
    "create-admin": ("accounts", "make the account that may open the admin pages"),
}
"""Where each stands: only what is asked for is imported, since the application takes a second."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(_imported(_COMMANDS[cmd_name][0]), cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name][1]) for name in self.list_commands(ctx)])


def _imported(name: str) -> ModuleType:
    """Import a command's module. What it brings stays to the end, so no collection of garbage looks at it:
    not while it is imported, which would take a sixth longer, and not later, while requests wait.
    """
    gc.disable()
    try:
        return import_module(f"hivesync_server.cli.{name}")
    finally:
        gc.freeze()
        gc.enable()


@click.command(cls=_Commands)
@click.version_option(__version__, prog_name="hivesync-server")
def main() -> None:
    """Run and operate the backend of HiveSync. Settings come from the environment."""
