"""All tables in one place, for migrations and for the test that compares both."""

from __future__ import annotations

from typing import Any

from sqlalchemy import MetaData

from hivesync_server.activity import tables as activity
from hivesync_server.adapters.tables import Table
from hivesync_server.ai_docs import tables as ai_docs
from hivesync_server.alerts import tables as alerts
from hivesync_server.api_keys import tables as api_keys
from hivesync_server.audit import tables as audit
from hivesync_server.auth import tables as auth
from hivesync_server.auth.devices import tables as devices
from hivesync_server.auth.totp import tables as totp
from hivesync_server.comments import tables as comments
from hivesync_server.events import tables as events
from hivesync_server.exports import tables as exports
from hivesync_server.http import idempotency
from hivesync_server.jobs import tables as jobs
from hivesync_server.logbook import tables as logbook
from hivesync_server.mails import tables as mails
from hivesync_server.notifications import tables as notifications
from hivesync_server.object_deletions import tables as object_deletions
from hivesync_server.owned_objects import tables as owned_objects
from hivesync_server.previews import tables as previews
from hivesync_server.projects import tables as projects
from hivesync_server.quotas import tables as quotas
from hivesync_server.search import tables as search
from hivesync_server.support import tables as support
from hivesync_server.tasks import tables as tasks
from hivesync_server.tasks.attachments import tables as attachments
from hivesync_server.team import tables as team
from hivesync_server.webhooks import tables as webhooks
from hivesync_server.workers import tables as workers

DOMAINS = (
    activity,
    ai_docs,
    alerts,
    api_keys,
    attachments,
    audit,
    auth,
    comments,
    devices,
    events,
    exports,
    idempotency,
    jobs,
    logbook,
    mails,
    notifications,
    object_deletions,
    owned_objects,
    previews,
    projects,
    quotas,
    search,
    support,
    tasks,
    team,
    totp,
    webhooks,
    workers,
)
"""Importing these is what fills the metadata."""


def metadata() -> MetaData:
    """Give what the database should look like."""
    return Table.metadata


def include_object(item: Any, name: str | None, kind: str, reflected: bool, _: Any) -> bool:
    """Tell Alembic what to compare: not what only one of the databases has, which migrations make alone."""
    if not reflected or name is None:
        return True
    if kind == "table":
        return name != search.WORDS_TABLE and not name.startswith(f"{search.WORDS_TABLE}_")
    if kind == "column":
        return (item.table.name, name) not in search.UNKNOWN_COLUMNS
    return name not in search.UNKNOWN_INDEXES
