"""Puts the server together: the resources of a process, the routes, and what lies around them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import FastAPI

from hivesync_server import __version__, problems
from hivesync_server.adapters import ids
from hivesync_server.adapters.cache import open_cache
from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import open_database
from hivesync_server.adapters.objects import open_stores
from hivesync_server.adapters.outbound.client import Outbound
from hivesync_server.adapters.sealing import Sealer
from hivesync_server.adapters.signals import open_signals
from hivesync_server.adapters.tracing import open_tracing
from hivesync_server.auth.access_tokens import AccessTokens
from hivesync_server.auth.passwords import Passwords
from hivesync_server.background.shared_clock import SharedClock
from hivesync_server.events.hub import EventHub
from hivesync_server.http.body_limits import BodyLimit, BodyLimits
from hivesync_server.http.compressed_bodies import CompressedBodies
from hivesync_server.http.handover import Handover
from hivesync_server.http.request_context import RequestContext
from hivesync_server.http.security_headers import SecurityHeaders
from hivesync_server.http.traces import TracedRequests
from hivesync_server.lifespan import lifespan
from hivesync_server.monitoring.metrics import Metrics
from hivesync_server.openapi import DescribedApi
from hivesync_server.resources import Resources
from hivesync_server.routes import API_PREFIX, all_routes
from hivesync_server.search import upkeep
from hivesync_server.settings import Settings
from hivesync_server.web import missing_page

BODY_LIMITS = (
    BodyLimit(re.compile(r"/previews(/[^/]+/versions)?$"), 8 * 1024 * 1024),  # 5,000 files with long names
    BodyLimit(re.compile(r"/ai-docs$"), 8 * 1024 * 1024),  # 1 MB of text, of which JSON may make six
    BodyLimit(re.compile(r"/tasks/batch$"), 4 * 1024 * 1024),  # 100 tasks with long descriptions
    BodyLimit(re.compile(r"/workers/callback$"), 1024 * 1024),
    BodyLimit(re.compile(r""), 256 * 1024),
)
"""The longest body of a request: the first that fits its path counts."""


@dataclass(frozen=True, slots=True)
class App:
    """The ASGI application, and what its server must call before it waits for open connections."""

    asgi: FastAPI
    stop_streams: Callable[[], None]


def create_app(settings: Settings, clock: Clock | None = None) -> App:
    """Assemble the application; nothing is opened before its lifespan begins."""
    tracing = open_tracing(settings.tracing)
    database = open_database(settings.database)
    if clock is None:
        clock = SharedClock(database)
        ids.go_by(clock)
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
        lifespan=lifespan,
    )
    app.state.resources = resources
    upkeep.install()
    problems.install(app)
    missing_page.install(app, API_PREFIX)
    app.router.routes.extend(all_routes())
    app.add_middleware(BodyLimits, limits=BODY_LIMITS)
    app.add_middleware(CompressedBodies)
    app.add_middleware(SecurityHeaders, https=settings.http.secure_cookies)
    app.add_middleware(Handover)
    app.add_middleware(RequestContext, metrics=resources.metrics, trusted=settings.http.trusted_proxies)
    if settings.tracing is not None:
        app.add_middleware(TracedRequests, tracing=tracing)
    return App(app, resources.hub.close)
