"""The schema of the database that the settings name. Knows no application, so that it is there at once."""

from __future__ import annotations

from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_server import migrations
from hivesync_server.adapters.db import opened
from hivesync_server.settings import Settings


class SchemaOutdated(HiveSyncError):
    """The database was not migrated. Changing it unasked is for local servers only."""

    code = ErrorCode.PRECONDITION_FAILED


async def migrate(
    settings: Settings, target: str = migrations.NEWEST, *, back: int = 0, dry_run: bool = False
) -> migrations.Plan:
    """Bring it to a schema; see `migrations.migrate`."""
    async with opened(settings.database) as database:
        return await migrations.migrate(database, target, back=back, dry_run=dry_run)


async def prepare(settings: Settings) -> None:
    """Have it ready for this release: bring a local one there, raise `SchemaOutdated` for another."""
    if settings.env == "local":
        await migrate(settings)
        return
    async with opened(settings.database) as database:
        if not await migrations.is_current(database):
            raise SchemaOutdated("The database has another schema; run `hivesync-server migrate` first.")
