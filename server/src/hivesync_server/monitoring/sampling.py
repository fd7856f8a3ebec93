"""Copies what parts of this process count into its figures, so that any process can tell the sum of all."""

from __future__ import annotations

import asyncio
from typing import Any

from hivesync_server.background.loop import Loop
from hivesync_server.resources import Resources

PAUSE_SECONDS = 5.0
"""Figures of other processes are at most that old; Prometheus asks less often."""


async def sample_always(resources: Resources) -> None:
    """Copy now and then, until cancelled."""

    async def step() -> bool:
        sample(resources)
        return False

    await Loop("figures", step, asyncio.Event(), PAUSE_SECONDS).run()


def sample(resources: Resources) -> None:
    """Copy what this process has and has done."""
    metrics, hub = resources.metrics, resources.hub
    metrics.set("hivesync_processes", 1)
    metrics.set("hivesync_event_streams", hub.size)
    metrics.set("hivesync_event_signals_connected", int(resources.signals.connected))
    metrics.set("hivesync_password_hashes_waiting", resources.passwords.waiting)
    pool: Any = resources.database.engine.pool
    metrics.set("hivesync_database_connections_in_use", pool.checkedout())
    metrics.set("hivesync_database_connections_limit", pool.size())
    metrics.advance("hivesync_events_published", hub.published)
    metrics.advance("hivesync_event_looks", hub.looks)
    metrics.advance("hivesync_limits_failed_open", resources.cache.unanswered)
