"""The database's schema: forward, back, and what either would do."""

from __future__ import annotations

from dataclasses import asdict

import click

from hivesync_server import migrations
from hivesync_server.cli.output import Output, json_option, run, settings
from hivesync_server.migrations import configured


@click.command()
@click.option(
    "--to",
    "target",
    default=migrations.NEWEST,
    help="Stop at this revision (its number is enough), forward or back; `base` removes every table.",
)
@click.option("--back", type=click.IntRange(min=1), default=None, help="Undo that many revisions.")
@click.option("--dry-run", is_flag=True, help="Do it, tell what was done, and take it back.")
@json_option
def migrate(target: str, back: int | None, dry_run: bool, as_json: bool) -> None:
    """Bring the database to the newest schema. Safe to run while servers run, and twice at once.

    Going back removes what later revisions brought, with what is stored in it: make a backup first, and stop
    the servers of the newer release.
    """
    if back and target != migrations.NEWEST:
        raise click.UsageError("--to and --back say the same thing in two ways; use one.")
    output = Output(as_json)
    plan: migrations.Plan = run(
        output, lambda: configured.migrate(settings(), target, back=back or 0, dry_run=dry_run)
    )
    output.show(_told(plan, dry_run), migrated=not dry_run, dry_run=dry_run, **asdict(plan))


def _told(plan: migrations.Plan, dry_run: bool) -> str:
    if not plan.steps:
        return f"The database is up to date ({plan.after})."
    verb = ("would be undone" if plan.back else "would be applied") if dry_run else ""
    verb = verb or ("undone" if plan.back else "applied")
    lines = [f"{revision} {verb}: {title}" for revision, title in plan.steps]
    lines.append("Nothing was changed." if dry_run else f"The database has the schema {plan.after}.")
    return "\n".join(lines)
