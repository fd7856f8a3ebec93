"""One delivery to the Worker: what it will read, into the object store; then the signed job. No state."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx
from hivesync_contract import headers
from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.jobs import Job
from hivesync_contract.signing import sign
from pydantic import TypeAdapter

from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.objects import ObjectStore
from hivesync_server.adapters.tracing import TRACEPARENT, NoTracing, Tracing
from hivesync_server.logs import traceparent
from hivesync_server.settings.groups import WorkerSettings

_JOB = TypeAdapter(Job)
_REFUSALS = frozenset({400, 404, 413, 415, 422})
"""Answers that will be the same next time. A 401 is not among them: a secret may be in rotation."""


class WorkerAway(HiveSyncError):
    """The Worker did not take the job; later it may."""

    code = ErrorCode.UPSTREAM_UNREACHABLE
    retryable = True


class JobRefused(HiveSyncError):
    """The Worker read the job and said no."""

    code = ErrorCode.INTERNAL_ERROR


@dataclass(frozen=True, slots=True)
class Delivery:
    """A job, its `webhook-id`, the object that must be in place before it is read, and its trace."""

    message_id: str
    job: Job
    key: str
    content: str
    traceparent: str = ""


@dataclass(frozen=True, slots=True)
class WorkerGate:
    """The way to the Worker."""

    client: httpx.AsyncClient
    objects: ObjectStore
    settings: WorkerSettings
    clock: Clock
    tracing: Tracing = field(default_factory=NoTracing)

    async def deliver(self, delivery: Delivery) -> None:
        """Hand a job over; raise `WorkerAway`, `ObjectStoreUnreachable` or `JobRefused`."""
        with self.tracing.work(f"deliver {delivery.job.kind.value}", delivery.traceparent):
            await self.objects.put(delivery.key, delivery.content.encode(), "application/json")
            await self._post(delivery)

    async def _post(self, delivery: Delivery) -> None:
        body = _JOB.dump_json(delivery.job)
        with self.tracing.call("POST /jobs", "worker") as span:
            signed = self._headers(delivery.message_id, body)
            try:
                answer = await self.client.post(f"{self.settings.url}/jobs", content=body, headers=signed)
            except httpx.HTTPError as error:
                raise WorkerAway("The Worker did not answer.") from error
            span.note(http__response__status_code=answer.status_code)
        if answer.status_code in _REFUSALS:
            raise JobRefused(f"The Worker refused the job with status {answer.status_code}.")
        if not answer.is_success:
            raise WorkerAway(f"The Worker answered with status {answer.status_code}.")

    def _headers(self, message_id: str, body: bytes) -> dict[str, str]:
        traced = {TRACEPARENT: current} if (current := traceparent.get()) else {}
        timestamp = int(self.clock().timestamp())
        return traced | {
            "Content-Type": "application/json",
            headers.WEBHOOK_ID: message_id,
            headers.WEBHOOK_TIMESTAMP: str(timestamp),
            headers.WEBHOOK_SIGNATURE: sign(self.settings.shared_secret, message_id, timestamp, body),
        }
