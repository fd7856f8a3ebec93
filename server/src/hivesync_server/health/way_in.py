"""What a proxy makes of a request on its way here: `hivesync-server check` asks, through the public address.

Whoever asks is told nothing but how he himself is seen.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from starlette.responses import StreamingResponse

from hivesync_server.http.client_address import client_address, told_by
from hivesync_server.http.route import ApiRoute
from hivesync_server.resources import ResourcesDep

STREAM_SECONDS = 1.0
"""Between the two messages. A proxy that keeps them until the end brings both at once."""

router = APIRouter(prefix="/health", tags=["health"], route_class=ApiRoute)


@router.get("/way-in", response_class=StreamingResponse, include_in_schema=False)
async def way_in(request: Request, resources: ResourcesDep) -> StreamingResponse:
    """Tell the caller's address and who says so, and a little later that this was all."""
    trusted = resources.settings.http.trusted_proxies
    seen = {"address": client_address(request, trusted), "told_by": told_by(request, trusted).value}

    async def messages() -> AsyncIterator[str]:
        yield f"data: {json.dumps(seen)}\n\n"
        await asyncio.sleep(STREAM_SECONDS)
        yield "data: {}\n\n"

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(messages(), media_type="text/event-stream", headers=headers)
