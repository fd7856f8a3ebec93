"""The operator's command `hivesync-server`. It shows no traceback for a failure that can be expected."""

from __future__ import annotations

import click

from hivesync_server import __version__
from hivesync_server.cli import accounts, backups, checklist, openapi, schema, serve


@click.group()
@click.version_option(__version__, prog_name="hivesync-server")
def main() -> None:
    """Run and operate the backend of HiveSync. Settings come from the environment."""


for command in (
    serve.serve,
    schema.migrate,
    checklist.check,
    backups.backup,
    backups.restore,
    openapi.export_openapi,
    accounts.set_tier,
    accounts.create_admin,
):
    main.add_command(command)
