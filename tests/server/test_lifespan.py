"""The end of a process: what it holds is given back, whatever goes wrong before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hivesync_server.adapters.cache import MemoryCache
from hivesync_server.app import create_app
from hivesync_server.lifespan import lifespan
from hivesync_server.resources import Resources
from hivesync_server.settings import Settings
from sqlalchemy import event, text


class TornCache(MemoryCache):
    """Its connection breaks just when it is to be closed."""

    async def close(self) -> None:
        raise ConnectionResetError("the cache has gone")


@pytest.mark.any_database
async def test_the_database_is_closed_though_another_part_fails_to(settings: Settings) -> None:
    app = create_app(settings).asgi
    resources: Resources = app.state.resources
    app.state.resources = replace(resources, cache=TornCache())
    closed: list[object] = []
    event.listen(resources.database.engine.sync_engine, "engine_disposed", closed.append)
    with pytest.raises(ConnectionResetError):
        async with lifespan(app), resources.database.transaction(writes=False) as transaction:
            await transaction.session.execute(text("SELECT 1"))
    assert len(closed) == 1
