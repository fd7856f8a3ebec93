"""Backup and restore of the database."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from hivesync_server import operations
from hivesync_server.cli.output import Output, json_option, run, settings

_OBJECTS = (
    "Objects in the buckets are not part of it; copy them with a tool for S3, for example\n"
    "  rclone sync r2:BUCKET /somewhere/else/BUCKET"
)


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@json_option
def backup(target: Path, as_json: bool) -> None:
    """Write all of the database to the file TARGET, or to a file named by the time in the folder TARGET.

    Servers may go on working: the backup shows one moment. It can be restored into SQLite and Postgres alike,
    by this release and later ones. It holds mail addresses and password hashes, and only its owner can read
    it; to keep it elsewhere, encrypt it (age -p, gpg -c).
    """
    output = Output(as_json)
    now = datetime.now(UTC)
    path = target / f"hivesync-{now:%Y%m%d-%H%M%S}.backup" if target.is_dir() else target
    saved = run(output, lambda: operations.save_backup(settings(), path, now, output.progress))
    text = f"Wrote {saved.path}: {sum(saved.rows.values())} rows, {saved.size_bytes} bytes.\n{_OBJECTS}"
    output.show(text, **asdict(saved))


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace everything that the database holds.")
@json_option
def restore(source: Path, force: bool, as_json: bool) -> None:
    """Bring back the backup SOURCE, into a database without rows. Stop the servers first.

    All of it comes back, or nothing: a file that was cut or changed is refused.
    """
    output = Output(as_json)
    restored = run(
        output, lambda: operations.restore_backup(settings(), source, output.progress, replace=force)
    )
    total = sum(restored.rows.values())
    output.show(
        f"Restored {total} rows of {restored.created_at}; the schema is {restored.revision}.",
        **asdict(restored),
    )
