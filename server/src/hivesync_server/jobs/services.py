"""Builds what ends jobs, on a transaction."""

from __future__ import annotations

from hivesync_contract.jobs import JobKind

from hivesync_server.adapters.db import Transaction
from hivesync_server.ai_docs.outcomes import AiDocsOutcomes
from hivesync_server.ai_docs.repository import AiDocsRepository
from hivesync_server.jobs.outcomes import JobOutcomes
from hivesync_server.jobs.queue import JobQueue
from hivesync_server.jobs.repository import JobRepository
from hivesync_server.notifications.service import notifier_on
from hivesync_server.owned_objects.repository import OwnedObjects
from hivesync_server.previews.builds import PreviewBuilds
from hivesync_server.previews.repository import PreviewRepository
from hivesync_server.projects.sources import SourceRepository
from hivesync_server.quotas.repository import QuotaRepository
from hivesync_server.resources import Resources
from hivesync_server.webhooks.queue import WebhookQueue


def outcomes_on(resources: Resources, transaction: Transaction) -> JobOutcomes:
    """Give the outcomes service for one transaction."""
    session, now = transaction.session, resources.clock()
    notifier, uses = notifier_on(resources, transaction), QuotaRepository(session)
    hooks = WebhookQueue(transaction, resources.webhook_ready, now)
    return JobOutcomes(
        JobRepository(session),
        JobQueue(transaction, resources.job_ready, now),
        {
            JobKind.PREVIEW_BUILD: PreviewBuilds(
                PreviewRepository(session), SourceRepository(session), uses, notifier, hooks, now
            ),
            JobKind.AI_DOCS: AiDocsOutcomes(
                AiDocsRepository(session), uses, OwnedObjects(session), notifier, hooks, now
            ),
        },
        now,
    )
