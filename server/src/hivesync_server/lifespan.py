"""From start to stop: what a process does beside answering requests, and what it gives back at its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
from fastapi import FastAPI
from hivesync_contract.jobs import JobKind

from hivesync_server.adapters.tls import trusted
from hivesync_server.ai_docs import retention as ai_docs_retention
from hivesync_server.alerts.incidents import incidents_on
from hivesync_server.alerts.ringing import BellRinger
from hivesync_server.alerts.sender import alert_sender
from hivesync_server.alerts.service_watch import ServiceWatch
from hivesync_server.background.shared_clock import SharedClock
from hivesync_server.events.pump import EventPump
from hivesync_server.events.watch import EventWatch
from hivesync_server.exports.exporter import Exporter
from hivesync_server.exports.service import collect as collect_exports
from hivesync_server.housekeeping import Housekeeping
from hivesync_server.http.file_limits import raise_file_limit
from hivesync_server.jobs import retention as job_retention
from hivesync_server.jobs.delivery import WorkerGate
from hivesync_server.jobs.dispatcher import Dispatcher
from hivesync_server.jobs.services import outcomes_on
from hivesync_server.logbook.keeper import LogKeeper
from hivesync_server.mails.services import send_mails
from hivesync_server.monitoring.sampling import sample_always
from hivesync_server.notifications.digests import digests_of
from hivesync_server.object_deletions.deleter import ObjectDeleter
from hivesync_server.owned_objects import collector as owned_objects
from hivesync_server.previews.sweeper import SourceSweeper
from hivesync_server.resealing.service import Resealer
from hivesync_server.resources import Resources
from hivesync_server.settings.safety import is_loopback
from hivesync_server.support import bundles as support_bundles
from hivesync_server.tasks.attachments import collector as attachment_collector
from hivesync_server.webhooks.services import webhook_dispatcher
from hivesync_server.workers.watch import WorkerWatch

_DELIVERY_SECONDS = 10.0


_Duty = Callable[[], Coroutine[Any, Any, None]]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Work in the background while the application answers; then give back what the process holds."""
    raise_file_limit()
    resources: Resources = app.state.resources
    async with AsyncExitStack() as held:
        _hold(held, resources)
        async with _working(resources):
            yield


@asynccontextmanager
async def _working(resources: Resources) -> AsyncIterator[None]:
    worker_url = resources.settings.worker.url
    # Loopback never goes through a proxy; a real Worker does when the machine says so.
    trust_env = not is_loopback(httpx.URL(worker_url).host)
    async with httpx.AsyncClient(timeout=_DELIVERY_SECONDS, trust_env=trust_env, verify=trusted()) as client:
        duties = _duties(resources, client)
        if isinstance(resources.clock, SharedClock):
            await resources.clock.begin()
            duties["shared clock"] = resources.clock.run
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(duty(), name=name) for name, duty in duties.items()]
            try:
                yield
            finally:
                resources.hub.close()
                for task in tasks:
                    task.cancel()


def _duties(resources: Resources, client: httpx.AsyncClient) -> dict[str, _Duty]:
    """Give what runs until it is cancelled, by name."""
    database, clock, settings = resources.database, resources.clock, resources.settings
    return {
        "dispatcher": _dispatcher(resources, client).run,
        "webhooks": webhook_dispatcher(resources).run,
        "mail sender": partial(send_mails, resources),
        "digests": digests_of(resources).run,
        "alerts": alert_sender(resources).run,
        "alert bell": BellRinger(resources).run,
        "service watch": ServiceWatch(resources).run,
        "worker watch": WorkerWatch(
            database, partial(incidents_on, resources), settings.worker_watch, clock
        ).run,
        "event pump": EventPump(database, resources.hub, clock, settings.worker).run,
        "event watch": EventWatch(database, resources.hub, resources.signals, clock).run,
        "exports": Exporter(database, resources.objects.artifacts, clock, resources.export_ready).run,
        "object deletions": _deleter(resources).run,
        "source sweeper": SourceSweeper(database, resources.objects.previews, clock).run,
        "housekeeping": Housekeeping(database, clock, settings.accounts.confirmed_only).run,
        "reseal": Resealer(database, resources.sealer).run,
        "logbook": LogKeeper(database).run,
        "figures": partial(sample_always, resources),
    }


def _dispatcher(resources: Resources, client: httpx.AsyncClient) -> Dispatcher:
    worker = resources.settings.worker
    gate = WorkerGate(client, resources.objects.previews, worker, resources.clock, resources.tracing)
    deadlines = {
        JobKind.PREVIEW_BUILD: timedelta(seconds=worker.deadline_seconds),
        JobKind.AI_DOCS: timedelta(seconds=worker.ai_docs_deadline_seconds),
    }
    outcomes = partial(outcomes_on, resources)
    return Dispatcher(resources.database, gate, outcomes, resources.clock, resources.job_ready, deadlines)


def _deleter(resources: Resources) -> ObjectDeleter:
    collectors = [
        attachment_collector.collect,
        owned_objects.collect,
        ai_docs_retention.collect,
        job_retention.collect,
        collect_exports,
        support_bundles.collect,
    ]
    return ObjectDeleter(
        resources.database, resources.objects, resources.clock, resources.deletion_ready, collectors
    )


def _hold(held: AsyncExitStack, resources: Resources) -> None:
    """Have all of it given back in the end, whatever goes wrong before: the last named first."""
    held.push_async_callback(resources.tracing.close)
    held.push_async_callback(resources.database.close)
    held.push_async_callback(resources.cache.close)
    held.callback(resources.outbound.close)
    held.push_async_callback(resources.signals.close)
    held.callback(resources.passwords.close)
    held.callback(resources.objects.close)
