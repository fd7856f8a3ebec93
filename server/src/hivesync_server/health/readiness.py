"""Whether this process should be given requests: it has its database, with the right schema, and stays."""

from __future__ import annotations

import asyncio

from hivesync_contract.errors import HiveSyncError
from sqlalchemy.exc import SQLAlchemyError

from hivesync_server import migrations
from hivesync_server.resources import Resources

_SECONDS = 3.0


async def obstacle(resources: Resources) -> str:
    """Give what is in the way, or an empty text."""
    if resources.hub.closed:
        return "The server stops."
    try:
        async with asyncio.timeout(_SECONDS):
            if await migrations.is_current(resources.database):
                return ""
    except (SQLAlchemyError, HiveSyncError, OSError):
        return "The database does not answer."
    return "The database has another schema; run `hivesync-server migrate`."
