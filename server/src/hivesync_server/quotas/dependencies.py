"""The quotas of whoever makes the request, for the routes that take them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.jobs.repository import JobRepository
from hivesync_server.quotas.repository import QuotaRepository
from hivesync_server.quotas.service import Quotas
from hivesync_server.resources import ResourcesDep, TransactionDep


async def _quotas(
    principal: CurrentPrincipal, resources: ResourcesDep, transaction: TransactionDep
) -> Quotas:
    return Quotas(
        repository=QuotaRepository(transaction.session),
        jobs=JobRepository(transaction.session),
        user_id=principal.user_id,
        tier=principal.tier,
        limits=resources.settings.tiers[principal.tier],
        now=resources.clock(),
    )


QuotasDep = Annotated[Quotas, Depends(_quotas)]
