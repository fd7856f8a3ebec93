"""All that Workers call: their callbacks, and here how they are, signed alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Request
from hivesync_contract import headers
from hivesync_contract.workers import Heartbeat, HeartbeatTaken
from pydantic import Field, TypeAdapter
from pydantic.dataclasses import dataclass

from hivesync_server.http.fields import STRICT, Line
from hivesync_server.http.route import SignedRoute
from hivesync_server.jobs import endpoints as callbacks
from hivesync_server.jobs.callback import CallbackInvalid, WorkerProof, parsed
from hivesync_server.resources import ResourcesDep, TransactionDep
from hivesync_server.workers.repository import WorkerRepository
from hivesync_server.workers.tables import WorkerHeartbeatRow

router = APIRouter(prefix="/workers", tags=["workers"], route_class=SignedRoute)
router.include_router(callbacks.router)

Count = Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)] | None


@dataclass(frozen=True, slots=True, config=STRICT)
class HeartbeatBody(Heartbeat):
    """Body of a heartbeat."""

    worker_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    version: Annotated[Line, Field(min_length=1, max_length=64)]
    running: Count = None
    queued: Count = None
    done: Count = None
    failed: Count = None
    errors: Count = None


_BODY = TypeAdapter(HeartbeatBody)


@router.post("/heartbeat")
async def heartbeat(request: Request, resources: ResourcesDep, transaction: TransactionDep) -> HeartbeatTaken:
    """Take a Worker's heartbeat; one that was sent before the last that came changes nothing."""
    now, body = resources.clock(), await request.body()
    WorkerProof(resources.settings.worker).check(request.headers, body, now)
    beat = parsed(_BODY, body)
    if not request.headers[headers.WEBHOOK_ID].startswith(f"heartbeat.{beat.worker_id}."):
        raise CallbackInvalid("The heartbeat's webhook-id does not belong to its Worker.")
    sent_at = datetime.fromtimestamp(int(request.headers[headers.WEBHOOK_TIMESTAMP]), UTC)
    workers = WorkerRepository(transaction.session)
    row = await workers.locked(beat.worker_id)
    if row is not None and row.sent_at >= sent_at:
        return HeartbeatTaken(applied=False)
    if row is None:
        row = WorkerHeartbeatRow(worker_id=beat.worker_id)
        transaction.session.add(row)
    row.version, row.running, row.queued = beat.version, beat.running, beat.queued
    row.done, row.failed, row.errors = beat.done, beat.failed, beat.errors
    row.sent_at, row.received_at = sent_at, now
    return HeartbeatTaken(applied=True)
