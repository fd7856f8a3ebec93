"""The address that Prometheus asks. It is public through nginx like all others, hence the token."""

from __future__ import annotations

import asyncio
import logging

from fastapi import APIRouter
from hivesync_contract.errors import HiveSyncError
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from hivesync_server.monitoring.access import Watcher
from hivesync_server.monitoring.sampling import sample
from hivesync_server.monitoring.state import QueueCollector, queues
from hivesync_server.resources import ResourcesDep

_SECONDS = 5.0
_logger = logging.getLogger(__name__)

router = APIRouter(tags=["health"], dependencies=[Watcher])


@router.get("/metrics", response_class=Response, include_in_schema=False)
async def metrics(resources: ResourcesDep) -> Response:
    """Give the figures of all processes together in Prometheus' text format."""
    sample(resources)
    try:
        async with asyncio.timeout(_SECONDS):
            waiting = await queues(resources)
    except (SQLAlchemyError, HiveSyncError, OSError):
        _logger.warning("queues not counted", exc_info=True)
        waiting = None
    looked_up = CollectorRegistry()
    looked_up.register(QueueCollector(waiting))
    text = await asyncio.to_thread(resources.metrics.text) + generate_latest(looked_up)
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)
