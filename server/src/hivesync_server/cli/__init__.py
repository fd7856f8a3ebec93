"""The operator's command `hivesync-server`. It shows no traceback for a failure that can be expected."""

from __future__ import annotations

import gc
from importlib import import_module
from types import ModuleType

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
        command: click.Command = getattr(_imported(_COMMANDS[cmd_name]), cmd_name.replace("-", "_"))
        return command


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
