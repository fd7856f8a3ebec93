"""What goes wrong. Each fault ends with everything in order again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from hivesync_dev.servers.fake_resend import Answer

from bench.soak.server.stage import Stage

Fault = Callable[[Stage], Awaitable[None]]

_WITHIN_SECONDS = 0.25
"""A burst of every kind of change takes about as long; a server is killed somewhere in it."""


async def server_killed_amid_every_change(stage: Stage) -> None:
    """One of each kind is under way at the server that dies; its client asks the other one."""
    server = stage.chance.choice(stage.servers)
    who = replace(stage.chance.choice(stage.everybody), first=server)
    name = f"burst-{stage.chance.getrandbits(40):x}"
    burst = asyncio.gather(*(change(f"{name}-{number}") for number, change in enumerate(who.kinds)))
    await asyncio.sleep(stage.chance.uniform(0, _WITHIN_SECONDS))
    await stage.kill(server)
    await burst


async def database_restarted(stage: Stage) -> None:
    await _restart(stage, "fast")


async def database_crashed(stage: Stage) -> None:
    await _restart(stage, "immediate")


async def _restart(stage: Stage, mode: str) -> None:
    await asyncio.to_thread(stage.postgres.stop, mode)
    await asyncio.sleep(0.5)
    await asyncio.to_thread(stage.postgres.start)


async def redis_lost(stage: Stage) -> None:
    await asyncio.to_thread(stage.redis.stop)
    await asyncio.sleep(1.5)
    await asyncio.to_thread(stage.redis.start)


async def store_refusing(stage: Stage) -> None:
    stage.store.refuse()
    await asyncio.sleep(1)
    stage.store.heal()


async def store_answers_lost(stage: Stage) -> None:
    """What the object store was asked for is done, and nobody hears of it."""
    stage.store.deafen()
    await asyncio.sleep(1)
    stage.store.break_connections()
    stage.store.heal()


async def worker_failing_and_away(stage: Stage) -> None:
    stage.worker.answer_status = 500
    await asyncio.sleep(1)
    stage.worker.answer_status = 202
    await stage.worker.stop()
    await asyncio.sleep(1)
    await stage.worker.start()


async def mail_provider_failing(stage: Stage) -> None:
    stage.resend.answers.extend([Answer(429, "rate_limit_exceeded", {"retry-after": "1"}), Answer(500)])
    await asyncio.sleep(0.5)


async def clock_jumped(stage: Stage) -> None:
    """A machine's clock is set by hours, forth or back, while its server works, and later put right."""
    if stage.clock is None:
        return
    hours = stage.chance.choice([-11, -1, 1, 11])
    stage.clock.jump(hours * 3600)
    await asyncio.sleep(1.5)
    if stage.chance.random() < 0.5:
        await stage.kill(stage.servers[-1])
    stage.clock.jump(-hours * 3600)


async def webhooks_refused(stage: Stage) -> None:
    stage.receiver.status = 500
    await asyncio.sleep(1)
    stage.receiver.status = 204


FAULTS: tuple[Fault, ...] = (
    server_killed_amid_every_change,
    server_killed_amid_every_change,
    database_restarted,
    database_crashed,
    redis_lost,
    store_refusing,
    store_answers_lost,
    worker_failing_and_away,
    mail_provider_failing,
    clock_jumped,
    webhooks_refused,
)
