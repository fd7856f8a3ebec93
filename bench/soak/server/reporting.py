"""The Worker's side: everything is reported twice, late ones after others, until an answer is heard."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

import httpx
from hivesync_contract.jobs import Job
from hivesync_dev.servers.fake_worker import Reporter, documented, success

from bench.soak.server.stage import Stage


@dataclass(slots=True)
class Reports:
    """Reports of all jobs that are delivered, and how often each was applied, as far as that was heard."""

    stage: Stage
    applied: Counter[str] = field(default_factory=Counter)

    async def run(self) -> None:
        """Report until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                delivered = await self.stage.worker.deliveries.get()
                group.create_task(self._report(delivered.job))

    async def _report(self, job: Job) -> None:
        for _ in range(2):
            await asyncio.sleep(self.stage.chance.uniform(0, 0.5))
            self.applied[job.job_id] += await self._heard(job)

    async def _heard(self, job: Job) -> bool:
        callback = success(job) if job.preview else documented(job)
        secret = self.stage.environ["WORKER_SHARED_SECRET"]
        while True:
            try:
                async with self.stage.chance.choice(self.stage.servers).client() as client:
                    answer = await Reporter(client, secret).report(callback)
            except httpx.HTTPError:
                await asyncio.sleep(0.2)
                continue
            if answer.is_success:
                return bool(answer.json()["applied"])
            await asyncio.sleep(0.3)
