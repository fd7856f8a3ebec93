"""The quotas of a user, and of whoever makes the request."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from hivesync_contract.identity import Tier

from hivesync_server.adapters.db import Transaction
from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.jobs.repository import JobRepository
from hivesync_server.quotas.repository import QuotaRepository
from hivesync_server.quotas.service import Quotas
from hivesync_server.resources import Resources, ResourcesDep, TransactionDep


def quotas_on(resources: Resources, transaction: Transaction, user_id: str, tier: Tier) -> Quotas:
    """Give a user's quotas for one transaction."""
    return Quotas(
        repository=QuotaRepository(transaction.session),
        jobs=JobRepository(transaction.session),
        user_id=user_id,
        tier=tier,
        limits=resources.settings.tiers[tier],
        now=resources.clock(),
    )


async def _quotas(
    principal: CurrentPrincipal, resources: ResourcesDep, transaction: TransactionDep
) -> Quotas:
    return quotas_on(resources, transaction, principal.user_id, principal.tier)


QuotasDep = Annotated[Quotas, Depends(_quotas)]
