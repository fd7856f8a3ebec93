"""Puts the server together: the resources of a process, the routes, and what lies around them."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial

import httpx
from fastapi import APIRouter, FastAPI
from hivesync_contract.jobs import JobKind
from starlette.routing import BaseRoute

from hivesync_server import __version__, problems
from hivesync_server.activity import endpoints as activity
from hivesync_server.adapters.cache import open_cache
from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import open_database
from hivesync_server.adapters.objects import open_stores
from hivesync_server.adapters.outbound.client import Outbound
from hivesync_server.adapters.sealing import Sealer
from hivesync_server.adapters.signals import open_signals
from hivesync_server.adapters.tls import trusted
from hivesync_server.adapters.tracing import open_tracing
from hivesync_server.admin import endpoints as admin
from hivesync_server.admin import operation_endpoints as admin_operation
from hivesync_server.ai_docs import endpoints as ai_docs
from hivesync_server.ai_docs import retention as ai_docs_retention
from hivesync_server.alerts.incidents import incidents_on
from hivesync_server.alerts.ringing import BellRinger
from hivesync_server.alerts.sender import alert_sender
from hivesync_server.alerts.service_watch import ServiceWatch
from hivesync_server.api_keys import endpoints as api_keys
from hivesync_server.auth import endpoints as auth
from hivesync_server.auth.access_tokens import AccessTokens
from hivesync_server.auth.credentials import endpoints as credentials
from hivesync_server.auth.device import endpoints as device
from hivesync_server.auth.devices import endpoints as devices
from hivesync_server.auth.passwords import Passwords
from hivesync_server.auth.totp import endpoints as totp
from hivesync_server.background.shared_clock import SharedClock
from hivesync_server.comments import endpoints as comments
from hivesync_server.events import endpoints as events
from hivesync_server.events.hub import EventHub
from hivesync_server.events.pump import EventPump
from hivesync_server.events.watch import EventWatch
from hivesync_server.exports import endpoints as exports
from hivesync_server.exports.exporter import Exporter
from hivesync_server.exports.service import collect as collect_exports
from hivesync_server.health import endpoints as health
from hivesync_server.health import way_in
from hivesync_server.housekeeping import Housekeeping
from hivesync_server.http.body_limits import BodyLimit, BodyLimits
from hivesync_server.http.compressed_bodies import CompressedBodies
from hivesync_server.http.file_limits import raise_file_limit
from hivesync_server.http.handover import Handover
from hivesync_server.http.request_context import RequestContext
from hivesync_server.http.security_headers import SecurityHeaders
from hivesync_server.http.traces import TracedRequests
from hivesync_server.jobs import retention as job_retention
from hivesync_server.jobs.delivery import WorkerGate
from hivesync_server.jobs.dispatcher import Dispatcher
from hivesync_server.jobs.services import outcomes_on
from hivesync_server.logbook.keeper import LogKeeper
from hivesync_server.mails.services import send_mails
from hivesync_server.monitoring import endpoints as monitoring
from hivesync_server.monitoring.metrics import Metrics
from hivesync_server.monitoring.sampling import sample_always
from hivesync_server.notifications import endpoints as notifications
from hivesync_server.notifications.digests import digests_of
from hivesync_server.object_deletions.deleter import ObjectDeleter
from hivesync_server.openapi import DescribedApi
from hivesync_server.owned_objects import collector as owned_objects
from hivesync_server.previews import endpoints as previews
from hivesync_server.previews.sweeper import SourceSweeper
from hivesync_server.profile import deletion_endpoints as account_deletion
from hivesync_server.profile import endpoints as profile
from hivesync_server.projects import endpoints as projects
from hivesync_server.resealing.service import Resealer
from hivesync_server.resources import Resources
from hivesync_server.search import endpoints as search
from hivesync_server.search import upkeep
from hivesync_server.settings import Settings
from hivesync_server.settings.safety import is_loopback
from hivesync_server.support import bundles as support_bundles
from hivesync_server.support import endpoints as support
from hivesync_server.tasks import endpoints as tasks
from hivesync_server.tasks.attachments import collector as attachment_collector
from hivesync_server.tasks.attachments import endpoints as attachments
from hivesync_server.tasks.labels import endpoints as labels
from hivesync_server.team import endpoints as team
from hivesync_server.team import invite_endpoints as invites
from hivesync_server.templates import endpoints as templates
from hivesync_server.web import (
    account_pages,
    device_pages,
    docs_page,
    invites_page,
    outbox_page,
    pages,
    register_page,
    security_page,
    sign_in_pages,
    stop_mails_page,
)
from hivesync_server.web.admin import alerts as admin_alerts
from hivesync_server.web.admin import lists as admin_lists
from hivesync_server.web.admin import operation as admin_operation_pages
from hivesync_server.web.admin import overview as admin_overview
from hivesync_server.web.admin import user as admin_user
from hivesync_server.webhooks import endpoints as webhooks
from hivesync_server.webhooks.services import webhook_dispatcher
from hivesync_server.workers import endpoints as workers
from hivesync_server.workers.watch import WorkerWatch

API_PREFIX = "/api/v1"
BODY_LIMITS = (
    BodyLimit(re.compile(r"/previews(/[^/]+/versions)?$"), 8 * 1024 * 1024),  # 5,000 files with long names
    BodyLimit(re.compile(r"/ai-docs$"), 8 * 1024 * 1024),  # 1 MB of text, of which JSON may make six
    BodyLimit(re.compile(r"/tasks/batch$"), 4 * 1024 * 1024),  # 100 tasks with long descriptions
    BodyLimit(re.compile(r"/workers/callback$"), 1024 * 1024),
    BodyLimit(re.compile(r""), 256 * 1024),
)
"""The longest body of a request: the first that fits its path counts."""

_DELIVERY_SECONDS = 10.0
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class App:
    """The ASGI application, and what its server must call before it waits for open connections."""

    asgi: FastAPI
    stop_streams: Callable[[], None]


def create_app(settings: Settings, clock: Clock | None = None) -> App:
    """Assemble the application; nothing is opened before its lifespan begins."""
    tracing = open_tracing(settings.tracing)
    database = open_database(settings.database)
    clock = clock or SharedClock(database)
    resources = Resources(
        settings=settings,
        database=database,
        objects=open_stores(settings.objects, tracing),
        cache=open_cache(settings.redis_url.reveal(), tracing),
        clock=clock,
        passwords=Passwords(),
        access_tokens=AccessTokens(settings.tokens, clock),
        hub=EventHub(),
        signals=open_signals(settings.redis_url.reveal(), settings.http.base_url, tracing),
        sealer=Sealer(settings.tokens.keys),
        metrics=Metrics(),
        outbound=Outbound(loopback_allowed=settings.env == "local", tracing=tracing),
        tracing=tracing,
    )
    tracing.watch(resources.database.engine)
    app = DescribedApi(
        title="HiveSync",
        version=__version__,
        openapi_url=f"{API_PREFIX}/openapi.json",
        # FastAPI's own pages load scripts from a CDN; ours load nothing from elsewhere.
        docs_url=None,
        redoc_url=None,
        # Else `POST …/login/` is sent on to `http://<Host>/…/login`: a password in the clear.
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.resources = resources
    upkeep.install()
    problems.install(app)
    app.router.routes.extend(_routes())
    app.add_middleware(BodyLimits, limits=BODY_LIMITS)
    app.add_middleware(CompressedBodies)
    app.add_middleware(SecurityHeaders, https=settings.http.secure_cookies)
    app.add_middleware(Handover)
    app.add_middleware(RequestContext, metrics=resources.metrics, trusted=settings.http.trusted_proxies)
    if settings.tracing is not None:
        app.add_middleware(TracedRequests, tracing=tracing)
    return App(app, resources.hub.close)


@cache
def _routes() -> Sequence[BaseRoute]:
    """Give all routes. They know nothing of a process's resources, and take long to work out: a process that
    assembles many applications, as tests do, works them out once.
    """
    root = APIRouter()
    # Side by side, since a router within a router is searched twice.
    for part in (
        health,
        way_in,
        auth,
        credentials,
        device,
        totp,
        devices,
        api_keys,
        profile,
        templates,  # before projects, whose ids are no words
        account_deletion,
        exports,
        projects,
        activity,
        team,
        invites,
        previews,
        ai_docs,
        tasks,
        labels,
        attachments,
        comments,
        search,
        notifications,
        webhooks,
        support,
        events,
        admin,
        admin_operation,
        workers,
    ):
        root.include_router(part.router, prefix=API_PREFIX)
    accounts = (
        account_pages,
        register_page,
        device_pages,
        invites_page,
        security_page,
        sign_in_pages,
        stop_mails_page,
    )
    desk = admin_overview, admin_user, admin_lists, admin_operation_pages, admin_alerts
    for part in (monitoring, workers, pages, *desk, *accounts, outbox_page, docs_page):
        root.include_router(part.router)
    return root.routes


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    raise_file_limit()
    resources: Resources = app.state.resources
    worker = resources.settings.worker
    # Loopback never goes through a proxy; a real Worker does when the machine says so.
    trust_env = not is_loopback(httpx.URL(worker.url).host)
    async with httpx.AsyncClient(timeout=_DELIVERY_SECONDS, trust_env=trust_env, verify=trusted()) as client:
        gate = WorkerGate(client, resources.objects.previews, worker, resources.clock, resources.tracing)
        dispatcher = Dispatcher(
            resources.database,
            gate,
            partial(outcomes_on, resources),
            resources.clock,
            resources.job_ready,
            {
                JobKind.PREVIEW_BUILD: timedelta(seconds=worker.deadline_seconds),
                JobKind.AI_DOCS: timedelta(seconds=worker.ai_docs_deadline_seconds),
            },
        )
        sweeper = Housekeeping(
            resources.database, resources.clock, resources.settings.accounts.confirmed_only
        )
        deleter = ObjectDeleter(
            resources.database,
            resources.objects,
            resources.clock,
            resources.deletion_ready,
            collectors=[
                attachment_collector.collect,
                owned_objects.collect,
                ai_docs_retention.collect,
                job_retention.collect,
                collect_exports,
                support_bundles.collect,
            ],
        )
        pump = EventPump(resources.database, resources.hub, resources.clock, worker)
        watch = EventWatch(resources.database, resources.hub, resources.signals, resources.clock)
        hooks = webhook_dispatcher(resources)
        sources = SourceSweeper(resources.database, resources.objects.previews, resources.clock)
        worker_watch = WorkerWatch(
            resources.database,
            partial(incidents_on, resources),
            resources.settings.worker_watch,
            resources.clock,
        )
        exporter = Exporter(
            resources.database, resources.objects.artifacts, resources.clock, resources.export_ready
        )
        shared_clock = resources.clock if isinstance(resources.clock, SharedClock) else None
        if shared_clock is not None:
            await shared_clock.begin()
        async with asyncio.TaskGroup() as background:
            tasks = [
                background.create_task(dispatcher.run(), name="dispatcher"),
                background.create_task(hooks.run(), name="webhooks"),
                background.create_task(alert_sender(resources).run(), name="alerts"),
                background.create_task(LogKeeper(resources.database).run(), name="logbook"),
                background.create_task(BellRinger(resources).run(), name="alert bell"),
                background.create_task(ServiceWatch(resources).run(), name="service watch"),
                background.create_task(sweeper.run(), name="housekeeping"),
                background.create_task(deleter.run(), name="object deletions"),
                background.create_task(send_mails(resources), name="mail sender"),
                background.create_task(pump.run(), name="event pump"),
                background.create_task(watch.run(), name="event watch"),
                background.create_task(digests_of(resources).run(), name="digests"),
                background.create_task(sources.run(), name="source sweeper"),
                background.create_task(worker_watch.run(), name="worker watch"),
                background.create_task(exporter.run(), name="exports"),
                background.create_task(sample_always(resources), name="figures"),
                background.create_task(Resealer(resources.database, resources.sealer).run(), name="reseal"),
            ]
            if shared_clock is not None:
                tasks.append(background.create_task(shared_clock.run(), name="shared clock"))
            try:
                yield
            finally:
                resources.hub.close()
                for task in tasks:
                    task.cancel()
    resources.objects.close()
    resources.passwords.close()
    await resources.signals.close()
    resources.outbound.close()
    await resources.cache.close()
    await resources.database.close()
    await resources.tracing.close()
