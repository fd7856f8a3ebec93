"""A hundred jobs at once, of three tiers, at one real Worker: how long each waits, and if one is lost."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import statistics
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import httpx
from aiohttp import web
from botocore.config import Config  # type: ignore[import-untyped]
from hivesync_contract import headers
from hivesync_contract.identity import Tier
from hivesync_contract.jobs import source_key, version_prefix
from hivesync_contract.signing import sign
from hivesync_dev.stack.ports import any_free_port
from hivesync_dev.stack.runner import Runner
from hivesync_dev.stack.worker import R2_ACCESS_KEY, R2_BUCKET, R2_SECRET_KEY, Worker, WorkerSettings

_DEADLINE_SECONDS = 180.0
_MODULES = 60
_WARM_UP = 3


@dataclass(slots=True)
class Listener:
    """The backend's end: notes when each job was reported, and how often."""

    ended: dict[str, list[tuple[float, str]]] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        """Take a report."""
        report = await request.json()
        self.ended.setdefault(report["job_id"], []).append((time.perf_counter(), report["status"]))
        self.changed.set()
        return web.json_response({"applied": True})

    async def wait_for(self, count: int) -> None:
        """Return when so many jobs have been reported."""
        async with asyncio.timeout(_DEADLINE_SECONDS):
            while len(self.ended) < count:
                self.changed.clear()
                await self.changed.wait()


@dataclass(frozen=True, slots=True)
class Bench:
    """A Worker, the objects it reads, and the one that hears of its jobs."""

    worker: Worker
    listener: Listener
    client: httpx.AsyncClient
    project_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def store(self) -> Callable[[str, bytes], None]:
        """Give the way into the Worker's bucket."""
        client = boto3.client(
            "s3",
            endpoint_url=f"{self.worker.settings.url}/cdn-cgi/local/r2/s3",
            aws_access_key_id=R2_ACCESS_KEY,
            aws_secret_access_key=R2_SECRET_KEY,
            region_name="auto",
            config=Config(s3={"addressing_style": "path"}),
        )

        def put(key: str, data: bytes) -> None:
            client.put_object(Bucket=R2_BUCKET, Key=key, Body=data)

        return put

    async def send(self, tier: Tier, preview_id: str) -> tuple[str, float]:
        """Hand over a job; give its id and when it was sent."""
        job_id = str(uuid.uuid4())
        build = {
            "preview_id": preview_id,
            "project_id": self.project_id,
            "version": 1,
            "manifest_key": f"{version_prefix(preview_id, 1)}manifest.json",
        }
        job = {"job_id": job_id, "kind": "preview.build", "attempt": 1, "tier": tier.value, "preview": build}
        body, now = json.dumps(job).encode(), int(time.time())
        signed = {
            headers.WEBHOOK_ID: f"{job_id}.1",
            headers.WEBHOOK_TIMESTAMP: str(now),
            headers.WEBHOOK_SIGNATURE: sign(self.worker.settings.shared_secret, f"{job_id}.1", now, body),
        }
        sent = time.perf_counter()
        answer = await self.client.post(f"{self.worker.settings.url}/jobs", content=body, headers=signed)
        answer.raise_for_status()
        return job_id, sent


def measure_worker_jobs(folder: Path, jobs: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Send `jobs` at once, their tiers mixed."""
    folder.mkdir(parents=True)
    return asyncio.run(_measure(folder, jobs, say))


async def _measure(folder: Path, jobs: int, say: Callable[[str], None]) -> dict[str, Any]:
    async with _running(folder) as bench:
        previews = await asyncio.to_thread(_store_all, bench, jobs + _WARM_UP)
        await asyncio.gather(*(bench.send(Tier.PREMIUM, preview) for preview in previews[:_WARM_UP]))
        await bench.listener.wait_for(_WARM_UP)
        say(f"  {jobs} jobs at once, of three tiers")
        tiers = [list(Tier)[number % len(Tier)] for number in range(jobs)]
        sent = await asyncio.gather(*map(bench.send, tiers, previews[_WARM_UP:]))
        await bench.listener.wait_for(jobs + _WARM_UP)
        return _result(tiers, sent, bench.listener)


@asynccontextmanager
async def _running(folder: Path) -> AsyncIterator[Bench]:
    listener = Listener()
    app = web.Application()
    app.add_routes([web.post("/workers/callback", listener.take)])
    site = web.AppRunner(app, access_log=None)
    await site.setup()
    await web.TCPSite(site, "127.0.0.1", 0).start()
    backend_url = f"http://127.0.0.1:{site.addresses[0][1]}"
    secret = secrets.token_urlsafe(32)
    worker = Worker(
        WorkerSettings(any_free_port(), folder / "worker", folder / "worker.log", backend_url, secret)
    )
    try:
        with Runner() as runner:
            await asyncio.to_thread(runner.start, worker)
            async with httpx.AsyncClient(timeout=60) as client:
                yield Bench(worker, listener, client)
    finally:
        await site.cleanup()


def _store_all(bench: Bench, count: int) -> list[str]:
    """Store one project and a manifest of it for each preview; give the previews' ids."""
    store = bench.store()
    files = {"index.html": b'<!doctype html><script type="module" src="/0.ts"></script>'}
    for number in range(_MODULES):
        after = f'import "./{number + 1}.ts";' if number + 1 < _MODULES else ""
        files[f"{number}.ts"] = f"{after} console.log({number} as number);".encode()
    entries = []
    for path, data in files.items():
        sha256 = hashlib.sha256(data).hexdigest()
        store(source_key(bench.project_id, sha256), data)
        entries.append({"path": path, "size": len(data), "sha256": sha256})
    manifest = {"kind": "web", "entry": "index.html", "platform": "web", "title": "bench", "files": entries}
    text = json.dumps(manifest | {"packs": [], "env": {}, "schema": 1}).encode()
    previews = [str(uuid.uuid4()) for _ in range(count)]
    for preview_id in previews:
        store(f"{version_prefix(preview_id, 1)}manifest.json", text)
    return previews


def _result(tiers: list[Tier], sent: list[tuple[str, float]], listener: Listener) -> dict[str, Any]:
    waits: dict[Tier, list[float]] = {tier: [] for tier in Tier}
    for tier, (job_id, at) in zip(tiers, sent, strict=True):
        waits[tier].append(listener.ended[job_id][0][0] - at)
    medians = {tier.value: statistics.median(seconds) for tier, seconds in waits.items()}
    reports = [report for job_id, _ in sent for report in listener.ended[job_id]]
    return {
        "jobs": len(sent),
        "succeeded": sum(status == "SUCCESS" for _, status in reports),
        "reported_twice": len(reports) - len(sent),
        "wait_p50_seconds": medians,
        "premium_to_free": medians["premium"] / medians["free"],
    }
