"""Forgets documentation that is older than its tier keeps it; its objects go with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from hivesync_contract.identity import Tier

from hivesync_server.ai_docs.repository import AiDocsRepository
from hivesync_server.object_deletions.service import ObjectDeletions

KEPT: Mapping[Tier, timedelta] = MappingProxyType(
    {Tier.FREE: timedelta(days=30), Tier.PRO: timedelta(days=90), Tier.PREMIUM: timedelta(days=365)}
)
"""By the tier that the user has now."""

_BATCH = 200


async def collect(deletions: ObjectDeletions) -> None:
    """Do so for some of it."""
    repository = AiDocsRepository(deletions.transaction.session)
    for tier, kept in KEPT.items():
        await repository.forget(tier, deletions.now - kept, _BATCH)
