"""Builds what ends jobs, on a transaction."""

from __future__ import annotations

import asyncio
from datetime import datetime

from hivesync_server.adapters.db import Transaction
from hivesync_server.events.hub import EventHub
from hivesync_server.events.publisher import EventPublisher
from hivesync_server.jobs.outcomes import JobOutcomes
from hivesync_server.jobs.queue import JobQueue
from hivesync_server.jobs.repository import JobRepository
from hivesync_server.previews.builds import PreviewBuilds
from hivesync_server.previews.repository import PreviewRepository
from hivesync_server.projects.repository import SourceRepository


def outcomes_on(
    transaction: Transaction, hub: EventHub, job_ready: asyncio.Event, now: datetime
) -> JobOutcomes:
    """Give the outcomes service for one transaction."""
    session = transaction.session
    builds = PreviewBuilds(
        PreviewRepository(session), SourceRepository(session), EventPublisher(transaction, hub, now), now
    )
    return JobOutcomes(JobRepository(session), JobQueue(transaction, job_ready, now), builds, now)
