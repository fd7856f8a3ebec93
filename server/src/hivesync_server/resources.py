"""What lives as long as the process, opened by the app's lifespan and handed to routes as a dependency."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Annotated

from starlette.requests import HTTPConnection

from hivesync_server.adapters.cache import Cache
from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import Database, Transaction
from hivesync_server.adapters.objects import ObjectStores
from hivesync_server.adapters.outbound.client import Outbound
from hivesync_server.adapters.sealing import Sealer
from hivesync_server.adapters.signals import Signals
from hivesync_server.adapters.tracing import NoTracing, Tracing
from hivesync_server.alerts.bell import AlertBell
from hivesync_server.auth.access_tokens import AccessTokens
from hivesync_server.auth.passwords import Passwords
from hivesync_server.events.hub import EventHub
from hivesync_server.monitoring.metrics import Metrics
from hivesync_server.services import service
from hivesync_server.settings import Settings


@dataclass(frozen=True, slots=True)
class Resources:
    """One of each. `job_ready` wakes the dispatcher, `deletion_ready` who deletes objects."""

    settings: Settings
    database: Database
    objects: ObjectStores
    cache: Cache
    clock: Clock
    passwords: Passwords
    access_tokens: AccessTokens
    hub: EventHub
    signals: Signals
    sealer: Sealer
    metrics: Metrics
    outbound: Outbound
    bell: AlertBell = field(default_factory=AlertBell)
    tracing: Tracing = field(default_factory=NoTracing)
    job_ready: asyncio.Event = field(default_factory=asyncio.Event)
    webhook_ready: asyncio.Event = field(default_factory=asyncio.Event)
    alert_ready: asyncio.Event = field(default_factory=asyncio.Event)
    deletion_ready: asyncio.Event = field(default_factory=asyncio.Event)
    export_ready: asyncio.Event = field(default_factory=asyncio.Event)


def resources_of(connection: HTTPConnection) -> Resources:
    """Give the resources of the app that answers."""
    resources = connection.app.state.resources
    if not isinstance(resources, Resources):
        raise TypeError("the app was not assembled by hivesync_server.app")
    return resources


async def _resources(connection: HTTPConnection) -> Resources:
    return resources_of(connection)


async def _transaction_of(connection: HTTPConnection) -> Transaction:
    transaction = connection.state.transaction
    if not isinstance(transaction, Transaction):
        raise TypeError("this route is no ApiRoute")
    return transaction


ResourcesDep = Annotated[Resources, service(_resources)]
TransactionDep = Annotated[Transaction, service(_transaction_of)]
"""The request's one transaction; it ends with the request, before the answer is sent."""
