"""The operator's command `hivesync-server`. It shows no traceback for a failure that can be expected."""

from __future__ import annotations

from importlib import import_module

import click

from hivesync_server import __version__

_COMMANDS = {
    "serve": "serve",
    "migrate": "schema",
    "check": "checklist",
    "backup": "backups",
    "restore": "backups",
    "export-openapi": "openapi",
    "set-tier": "accounts",
    "create-admin": "accounts",
}
"""Where each stands: only what is asked for is imported, since the application takes a second."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"hivesync_server.cli.{_COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@click.command(cls=_Commands)
@click.version_option(__version__, prog_name="hivesync-server")
def main() -> None:
    """Run and operate the backend of HiveSync. Settings come from the environment."""
