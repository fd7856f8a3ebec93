"""A Worker for tests of the backend: takes signed jobs on a real socket and reports as it is told to.

It builds nothing. What it does check is what a Worker would refuse: signatures, and a wrong shape.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx
import msgspec
from aiohttp import web
from hivesync_contract import headers
from hivesync_contract.ai_docs import AiDocsResult, Explanation
from hivesync_contract.jobs import (
    AiDocsCallback,
    Callback,
    Job,
    JobKind,
    JobStatus,
    PreviewResult,
    version_prefix,
)
from hivesync_contract.signing import sign, verify


@dataclass(frozen=True, slots=True)
class Delivered:
    """One job as it arrived."""

    message_id: str
    job: Job
    traceparent: str = ""


@dataclass(slots=True)
class FakeWorker:
    """Listens between `start` and `stop`, which may alternate on the same port.

    `answer_status` is what it says to a job; `deliveries` holds all that were signed well.
    """

    secret: str
    answer_status: int = 202
    deliveries: asyncio.Queue[Delivered] = field(default_factory=asyncio.Queue)
    port: int = 0
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Give the origin."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen; on the same port as before if there was one."""
        app = web.Application()
        app.add_routes([web.post("/jobs", self._take)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Be away."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def next_delivery(self, deadline_seconds: float = 15) -> Delivered:
        """Wait for the next job."""
        async with asyncio.timeout(deadline_seconds):
            return await self.deliveries.get()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        identifier = request.headers.get(headers.WEBHOOK_ID, "")
        timestamp = request.headers.get(headers.WEBHOOK_TIMESTAMP, "")
        signature = request.headers.get(headers.WEBHOOK_SIGNATURE, "")
        # Only the signature is judged: tests move the backend's clock, and this one has none.
        if not verify(
            [self.secret], identifier, timestamp, signature, body, now_seconds=float(timestamp or 0)
        ):
            return web.Response(status=401)
        try:
            job = msgspec.json.decode(body, type=Job, strict=True)
        except msgspec.ValidationError:
            return web.Response(status=422)
        self.deliveries.put_nowait(Delivered(identifier, job, request.headers.get("traceparent", "")))
        return web.Response(status=self.answer_status)


def success(job: Job, *, sources_stored: bool = True, packs: Sequence[str] = ()) -> Callback:
    """Give the report of a build that went well. `packs`: the names under which its packs are now stored."""
    build = job.preview
    if build is None:
        raise ValueError("not a preview's job")
    return Callback(
        job_id=job.job_id,
        kind=JobKind.PREVIEW_BUILD,
        status=JobStatus.SUCCESS,
        attempt=job.attempt,
        artifact_keys=[f"{version_prefix(build.preview_id, build.version)}index.html"],
        result=PreviewResult(sources_stored, artifact_bytes=1234, packs=list(packs)),
    )


def documented(job: Job, *, fallback: bool = False) -> AiDocsCallback:
    """Give the report of documentation that went well."""
    if job.ai_docs is None:
        raise ValueError("not a job of AI documentation")
    return AiDocsCallback(
        job_id=job.job_id,
        kind=JobKind.AI_DOCS,
        status=JobStatus.SUCCESS,
        attempt=job.attempt,
        artifact_keys=[job.ai_docs.result_key],
        result=AiDocsResult(
            summary="Greets the world.",
            key_concepts=["greeting"],
            explanations=[Explanation("greet", 1, 1, "Says hello.")],
            engine="outline",
            model="none",
            fallback=fallback,
        ),
    )


@dataclass(frozen=True, slots=True)
class Reporter:
    """Sends callbacks as the Worker does; every part of them can be bent for a test."""

    client: httpx.AsyncClient
    secret: str
    now: Any = time.time

    async def report(self, callback: Callback | AiDocsCallback, **bent: str) -> httpx.Response:
        """Send a signed callback. `bent` replaces a header by its name in snake case."""
        return await self.send(msgspec.json.encode(asdict(callback)), message_id(callback), **bent)

    async def send(self, body: bytes, identifier: str, **bent: str) -> httpx.Response:
        """Sign and send any body."""
        given = self.headers(body, identifier)
        given |= {name.replace("_", "-"): value for name, value in bent.items()}
        kept = {name.encode(): value.encode() for name, value in given.items() if value}
        return await self.client.post("/workers/callback", content=body, headers=kept)

    def headers(self, body: bytes, identifier: str) -> dict[str, str]:
        """Give the headers of a well-signed callback."""
        timestamp = int(self.now())
        return {
            "content-type": "application/json",
            "authorization": self.secret,
            headers.WEBHOOK_ID: identifier,
            headers.WEBHOOK_TIMESTAMP: str(timestamp),
            headers.WEBHOOK_SIGNATURE: sign(self.secret, identifier, timestamp, body),
        }


def message_id(callback: Callback | AiDocsCallback) -> str:
    """Give the `webhook-id` of a callback."""
    return f"{callback.job_id}.{callback.attempt}.done"
