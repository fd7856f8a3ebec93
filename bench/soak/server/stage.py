"""Everything that takes part: two servers in processes of their own, and all that they depend on."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from hivesync_contract.identity import Tier
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.fake_resend import FakeResend
from hivesync_dev.servers.fake_worker import FakeWorker
from hivesync_dev.servers.postgres import PostgresServer
from hivesync_dev.servers.redis import RedisServer
from hivesync_dev.servers.s3 import S3Server
from hivesync_dev.servers.unsteady_link import UnsteadyLink
from hivesync_dev.servers.webhook_receiver import WebhookReceiver
from hivesync_server import operations
from hivesync_server.migrations import configured
from hivesync_server.settings import load

from bench.soak.clock import ClockFixed, MovableClock
from bench.soak.server.accounts import Lives
from bench.soak.server.asking import Asking, Client, Ledger
from bench.soak.server.changes import SHARED_TASKS, Changes, places
from bench.soak.server.progress import Progress

ORIGIN = "http://127.0.0.1:4000"
USERS = ("ann", "bob")
ADMIN = "owner"
_ACCOUNTS = 6
"""There from the beginning, so that a burst finds some to change."""

_PLENTY = {
    "requests_per_minute": 1_000_000,
    "ai_per_minute": 1_000,
    "ai_parallel": 50,
    "concurrent_builds": 50,
}


@dataclass(slots=True)
class Stage:
    """All parts, running, and two users who share a project."""

    environ: Mapping[str, str]
    servers: list[BackendProcess]
    postgres: PostgresServer
    redis: RedisServer
    store: UnsteadyLink
    clock: MovableClock | None
    """Of the last server's machine; None where no clock can be moved."""
    worker: FakeWorker
    resend: FakeResend
    receiver: WebhookReceiver
    project_id: str
    everybody: list[Changes]
    lives: Lives
    progress: Progress
    chance: random.Random

    @property
    def ledger(self) -> Ledger:
        return self.progress.ledger

    async def kill(self, server: BackendProcess) -> None:
        """End a server as a power cut does, and start another in its place."""
        await server.kill()
        await server.start()


@asynccontextmanager
async def stage(folder: Path, s3: S3Server, seed: str, progress: Progress) -> AsyncIterator[Stage]:
    """Start everything; at the end nothing is left."""
    progress.turn_to("starting Postgres, Redis and the rest")
    secret, api_key = secrets.token_urlsafe(32), "re_" + secrets.token_urlsafe(16)
    worker, resend, receiver = FakeWorker(secret), FakeResend(api_key), WebhookReceiver()
    async with AsyncExitStack() as cleanup:
        postgres = cleanup.enter_context(PostgresServer())
        redis = cleanup.enter_context(RedisServer())
        store = cleanup.enter_context(UnsteadyLink(int(s3.endpoint.rpartition(":")[2])))
        for part in (worker, resend, receiver):
            await part.start()
            cleanup.push_async_callback(part.stop)
        environ = s3.environment | {
            "HIVESYNC_DATA_DIR": str(folder),
            "PORT": "0",
            "BASE_URL": ORIGIN,
            "DATABASE_URL": postgres.url(postgres.create_database()),
            "REDIS_URL": redis.url,
            "R2_ENDPOINT": f"http://127.0.0.1:{store.port}",
            "WORKER_URL": worker.url,
            "WORKER_SHARED_SECRET": secret,
            "JWT_SECRET": secrets.token_urlsafe(32),
            "EMAIL_PROVIDER": "resend",
            "RESEND_API_KEY": api_key,
            "RESEND_API_URL": resend.url,
            "EMAIL_FROM": "HiveSync <hivesync@mail.example.com>",
            "TIER_LIMITS": json.dumps({Tier.PREMIUM.value: _PLENTY}),
        }
        progress.turn_to("making the tables")
        await configured.migrate(load(environ))
        progress.turn_to("starting two servers")
        clock = _clock(folder)
        servers = [BackendProcess(environ), BackendProcess(environ | (clock.env if clock else {}))]
        for server in servers:
            cleanup.push_async_callback(server.kill)
        await asyncio.gather(*(server.start() for server in servers))
        progress.turn_to("signing two people up")
        chance = random.Random(seed)
        lives = Lives(await _admin(environ, servers, chance, progress.ledger), resend)
        project_id, everybody = await _people(environ, servers, receiver, lives)
        for number in range(_ACCOUNTS):
            await lives.register(f"person-{number}", None)
        yield Stage(
            environ,
            servers,
            postgres,
            redis,
            store,
            clock,
            worker,
            resend,
            receiver,
            project_id,
            everybody,
            lives,
            progress,
            chance,
        )


def _clock(folder: Path) -> MovableClock | None:
    try:
        return MovableClock(folder)
    except ClockFixed:
        return None


async def _admin(
    environ: Mapping[str, str], servers: list[BackendProcess], chance: random.Random, ledger: Ledger
) -> Client:
    await operations.create_admin(load(environ), f"{ADMIN}@example.com", ADMIN, PASSWORD)
    admin = Client(ADMIN, servers, chance, ledger)
    await admin.sign_in()
    return admin


async def _people(
    environ: Mapping[str, str], servers: list[BackendProcess], receiver: WebhookReceiver, lives: Lives
) -> tuple[str, list[Changes]]:
    """Give a project with a webhook, and who works in it."""
    ledger, clients = lives.admin.ledger, {}
    for name in USERS:
        async with servers[0].client() as http:
            await BackendUser(http, name).sign_up()
        await operations.set_tier(load(environ), name, Tier.PREMIUM)
        clients[name] = Client(name, servers, lives.admin.chance, ledger)
        await clients[name].sign_in()
    ann, bob = clients["ann"], clients["bob"]
    project_id = (await ann.ask(Asking("POST", "/api/v1/projects", {"name": "Shop"})))["id"]
    base = f"/api/v1/projects/{project_id}"
    invite = await ann.ask(Asking("POST", f"{base}/team/invites", {"username": "bob"}))
    await bob.ask(Asking("POST", f"/api/v1/invites/{invite['id']}/accept"))
    shared = [
        (await ann.ask(Asking("POST", f"{base}/tasks", {"title": f"shared {number}"})))["id"]
        for number in range(SHARED_TASKS)
    ]
    hook = {"url": f"{receiver.origin}/in", "events": ["task.created"], "project_id": project_id}
    await ann.ask(Asking("POST", "/api/v1/webhooks", hook))
    ledger.asked.clear()
    return project_id, [Changes(client, project_id, shared, lives, places()) for client in clients.values()]
