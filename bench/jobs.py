"""How long from an accepted job to its signed POST at the Worker: one server process, Postgres, a real S3.

The clock begins when the request that queues the job is sent, and once more when its answer is here: the
first is what a user waits, the second what the promise is about.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from hivesync_contract.identity import Tier
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, success
from hivesync_dev.servers.postgres import PostgresServer
from hivesync_dev.servers.s3 import S3Server
from hivesync_server.migrations import configured
from hivesync_server.settings import load

_WARM_UP = 5
_NO_LIMIT = json.dumps({tier: {"requests_per_minute": 1_000_000} for tier in Tier})


def measure_jobs(folder: Path, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Queue one job after another, `rounds` times."""
    with PostgresServer() as postgres, S3Server() as store:
        environ = dict(BackendProcess.alone(folder).environ) | store.environment
        environ |= {"DATABASE_URL": postgres.url(postgres.create_database()), "TIER_LIMITS": _NO_LIMIT}
        return asyncio.run(_measure(environ, rounds, say))


async def _measure(environ: dict[str, str], rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    worker = FakeWorker(environ["WORKER_SHARED_SECRET"])
    await worker.start()
    environ["WORKER_URL"] = worker.url
    await configured.migrate(load(environ))
    server = BackendProcess(environ)
    try:
        await server.start()
        async with server.client() as client:
            user = await BackendUser(client, "bench").sign_up()
            project_id = await user.project()
            reporter = Reporter(client, worker.secret)
            say(f"  {rounds} jobs, one after another")
            times = [await _one(user, project_id, worker, reporter) for _ in range(_WARM_UP + rounds)]
    finally:
        await server.kill()
        await worker.stop()
    sent, accepted = zip(*times[_WARM_UP:], strict=True)
    return {
        "rounds": rounds,
        "sent_p50_ms": statistics.median(sent),
        "sent_p99_ms": statistics.quantiles(sent, n=100)[98],
        "accepted_p50_ms": statistics.median(accepted),
        "accepted_p99_ms": statistics.quantiles(accepted, n=100)[98],
    }


async def _one(
    user: BackendUser, project_id: str, worker: FakeWorker, reporter: Reporter
) -> tuple[float, float]:
    """Give milliseconds until the POST: since the request was sent, and since its answer was here."""
    preview = (await user.preview(project_id))["preview"]
    arrival = asyncio.create_task(_arrival(worker))
    began = time.perf_counter()
    await user.complete(preview)
    accepted = time.perf_counter()
    delivered, arrived = await arrival
    report: httpx.Response = await reporter.report(success(delivered.job))
    report.raise_for_status()
    return (arrived - began) * 1000, max(0.0, arrived - accepted) * 1000


async def _arrival(worker: FakeWorker) -> tuple[Any, float]:
    delivered = await worker.next_delivery()
    return delivered, time.perf_counter()
