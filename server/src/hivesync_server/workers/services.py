"""Builds what tells of incidents, on a transaction."""

from __future__ import annotations

from hivesync_server.adapters.db import Transaction
from hivesync_server.notifications.service import notifier_on
from hivesync_server.resources import Resources
from hivesync_server.workers.incidents import Incidents
from hivesync_server.workers.repository import WorkerRepository


def incidents_on(resources: Resources, transaction: Transaction) -> Incidents:
    """Give the service for one transaction."""
    repository = WorkerRepository(transaction.session)
    return Incidents(repository, notifier_on(resources, transaction), resources.clock())
