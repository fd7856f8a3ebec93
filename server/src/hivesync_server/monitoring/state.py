"""Figures that all processes share, looked up when somebody asks: what waits in the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from hivesync_server.adapters.tables import Table
from hivesync_server.background.leases import Leased
from hivesync_server.resources import Resources
from hivesync_server.webhooks.tables import WebhookDeliveryRow


@dataclass(frozen=True, slots=True)
class Queue:
    """The rows of a table that are work to do. `age_seconds`: how long the first of them has been due."""

    name: str
    waiting: int
    tried: int
    age_seconds: float


async def queues(resources: Resources) -> list[Queue]:
    """Look at every table whose rows wait for a worker, and at the messages behind webhooks' turns."""
    now, found = resources.clock(), []
    tables: list[Any] = [mapper.class_ for mapper in Table.registry.mappers]
    leased = [(table, table.available_at) for table in tables if issubclass(table, Leased)]
    async with resources.database.transaction(writes=False) as transaction:
        for table, due_at in [*leased, (WebhookDeliveryRow, WebhookDeliveryRow.due_at)]:
            failed = func.count().filter(table.tries > 0)
            query = select(func.count(), failed, func.min(due_at)).where(due_at.is_not(None))
            waiting, tried, first = (await transaction.session.execute(query)).one()
            age = max(0.0, (now - first).total_seconds()) if first else 0.0
            found.append(Queue(table.__tablename__, waiting, tried, age))
    return sorted(found, key=lambda queue: queue.name)


@dataclass(frozen=True, slots=True, eq=False)
class QueueCollector(Collector):
    """One look; `waiting` is None when the database did not answer."""

    waiting: list[Queue] | None

    def collect(self) -> Iterator[Metric]:
        """Give all figures."""
        up = int(self.waiting is not None)
        yield GaugeMetricFamily("hivesync_database_up", "Whether the database answered just now.", value=up)
        depth = GaugeMetricFamily("hivesync_queue_waiting", "Rows that wait.", labels=["queue"])
        tried = GaugeMetricFamily("hivesync_queue_retrying", "Rows that failed before.", labels=["queue"])
        age = GaugeMetricFamily("hivesync_queue_age_seconds", "How long the first is due.", labels=["queue"])
        for queue in self.waiting or []:
            depth.add_metric([queue.name], queue.waiting)
            tried.add_metric([queue.name], queue.tried)
            age.add_metric([queue.name], queue.age_seconds)
        yield from (depth, tried, age)
