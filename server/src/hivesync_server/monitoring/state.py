"""Figures that are looked up when somebody asks: streams, connections, and what waits in the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from hivesync_server.adapters.db import Database
from hivesync_server.adapters.tables import Table
from hivesync_server.background.leases import Leased
from hivesync_server.resources import Resources


@dataclass(frozen=True, slots=True)
class Queue:
    """The rows of a table that are work to do. `age_seconds`: how long the first of them has been due."""

    name: str
    waiting: int
    tried: int
    age_seconds: float


async def queues(resources: Resources) -> list[Queue]:
    """Look at every table whose rows wait for a worker."""
    now, found = resources.clock(), []
    async with resources.database.transaction(writes=False) as transaction:
        for mapper in Table.registry.mappers:
            table: Any = mapper.class_
            if not issubclass(table, Leased):
                continue
            query = select(
                func.count(), func.count().filter(table.tries > 0), func.min(table.available_at)
            ).select_from(table)
            waiting, tried, first = (await transaction.session.execute(query)).one()
            age = max(0.0, (now - first).total_seconds()) if first else 0.0
            found.append(Queue(table.__tablename__, waiting, tried, age))
    return sorted(found, key=lambda queue: queue.name)


@dataclass(frozen=True, slots=True, eq=False)
class StateCollector(Collector):
    """One look; `waiting` is None when the database did not answer."""

    resources: Resources
    waiting: list[Queue] | None

    def collect(self) -> Iterator[Metric]:
        """Give all figures."""
        hub, cache = self.resources.hub, self.resources.cache
        yield _gauge("hivesync_event_streams", "Open event streams.", hub.size)
        yield _counter("hivesync_events_published", "Users told of an event by this process.", hub.published)
        yield _counter("hivesync_event_looks", "Looks for events that no signal told of.", hub.looks)
        connected = int(self.resources.signals.connected)
        yield _gauge("hivesync_event_signals_connected", "Whether signals of others arrive.", connected)
        unanswered = getattr(cache, "unanswered", 0)
        yield _counter("hivesync_limits_failed_open", "Limits not enforced for want of Redis.", unanswered)
        yield from _pool(self.resources.database)
        answers = self.waiting is not None
        yield _gauge("hivesync_database_up", "Whether the database answered just now.", int(answers))
        yield from _queues(self.waiting or [])


def _queues(waiting: list[Queue]) -> Iterator[Metric]:
    depth = GaugeMetricFamily("hivesync_queue_waiting", "Rows that wait.", labels=["queue"])
    tried = GaugeMetricFamily("hivesync_queue_retrying", "Rows that failed before.", labels=["queue"])
    age = GaugeMetricFamily("hivesync_queue_age_seconds", "How long the first is due.", labels=["queue"])
    for queue in waiting:
        depth.add_metric([queue.name], queue.waiting)
        tried.add_metric([queue.name], queue.tried)
        age.add_metric([queue.name], queue.age_seconds)
    yield from (depth, tried, age)


def _pool(database: Database) -> Iterator[Metric]:
    pool: Any = database.engine.pool
    if in_use := getattr(pool, "checkedout", None):
        yield _gauge("hivesync_database_connections_in_use", "Connections in use.", in_use())


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(name, text, value=value)
