"""Every route of the server, in the order in which they are looked through."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from fastapi import APIRouter
from starlette.routing import BaseRoute

from hivesync_server.activity import endpoints as activity
from hivesync_server.admin import endpoints as admin
from hivesync_server.admin import operation_endpoints as admin_operation
from hivesync_server.ai_docs import endpoints as ai_docs
from hivesync_server.api_keys import endpoints as api_keys
from hivesync_server.auth import endpoints as auth
from hivesync_server.auth.credentials import endpoints as credentials
from hivesync_server.auth.device import endpoints as device
from hivesync_server.auth.devices import endpoints as devices
from hivesync_server.auth.totp import endpoints as totp
from hivesync_server.comments import endpoints as comments
from hivesync_server.events import endpoints as events
from hivesync_server.exports import endpoints as exports
from hivesync_server.health import endpoints as health
from hivesync_server.health import way_in
from hivesync_server.monitoring import endpoints as monitoring
from hivesync_server.notifications import endpoints as notifications
from hivesync_server.previews import endpoints as previews
from hivesync_server.profile import deletion_endpoints as account_deletion
from hivesync_server.profile import endpoints as profile
from hivesync_server.projects import endpoints as projects
from hivesync_server.search import endpoints as search
from hivesync_server.support import endpoints as support
from hivesync_server.tasks import endpoints as tasks
from hivesync_server.tasks.attachments import endpoints as attachments
from hivesync_server.tasks.labels import endpoints as labels
from hivesync_server.team import endpoints as team
from hivesync_server.team import invite_endpoints as invites
from hivesync_server.templates import endpoints as templates
from hivesync_server.web import (
    account_pages,
    api_keys_page,
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
from hivesync_server.workers import endpoints as workers

API_PREFIX = "/api/v1"

_NOWHERE = {"type": "http", "method": "GET", "path": "", "root_path": "", "headers": []}


@cache
def all_routes() -> Sequence[BaseRoute]:
    """Give all routes, worked out. They know nothing of a process's resources, and take long to work out: a
    process that assembles many applications, as tests do, does it once.
    """
    root = APIRouter()
    # Side by side, since a router within a router is searched twice.
    for part in (
        tasks,  # what is asked most comes first
        comments,
        notifications,
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
        labels,
        attachments,
        search,
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
        api_keys_page,
        sign_in_pages,
        stop_mails_page,
    )
    desk = admin_overview, admin_user, admin_lists, admin_operation_pages, admin_alerts
    for part in (monitoring, workers, pages, *desk, *accounts, outbox_page, docs_page):
        root.include_router(part.router)
    for route in root.routes:
        route.matches(_NOWHERE)  # else the first request to an unknown address would hold up all others
    return root.routes
