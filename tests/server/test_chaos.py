"""Two servers while everything around them fails: what was accepted is there once, in order, and no more.

The seed of a run is printed; `HIVESYNC_CHAOS_SEED` repeats it and `HIVESYNC_CHAOS_ROUNDS` makes it longer.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hivesync_contract.identity import Tier
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.fake_resend import Answer, FakeResend
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, documented
from hivesync_dev.servers.postgres import PostgresServer
from hivesync_dev.servers.redis import RedisServer
from hivesync_dev.servers.webhook_receiver import WebhookReceiver
from hivesync_server import operations, serving
from hivesync_server.adapters.clock import utc_now
from hivesync_server.adapters.db import open_database
from hivesync_server.jobs.tables import OutboxRow
from hivesync_server.mails.tables import MailDeliveryRow
from hivesync_server.settings import load
from hivesync_server.webhooks.tables import WebhookTurnRow
from sqlalchemy import update

ORIGIN = "http://127.0.0.1:4000"
SEED = int(os.environ.get("HIVESYNC_CHAOS_SEED", "20261"))
ROUNDS = int(os.environ.get("HIVESYNC_CHAOS_ROUNDS", "1"))
API_KEY = "re_" + secrets.token_urlsafe(16)
_LEAKS = ("psycopg", "sqlalchemy", "Traceback", "/site-packages/", "SELECT ", "127.0.0.1")


@dataclass(slots=True)
class Pair:
    """Two servers on one database, each of which may be killed, and a user who asks either of them."""

    servers: list[BackendProcess]
    chance: random.Random
    authorization: str = ""
    refusals: Counter[int] = field(default_factory=Counter)

    async def kill_one(self) -> None:
        server = self.chance.choice(self.servers)
        await server.kill()
        await server.start()

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask until it is accepted, under one key, as a client does that loses nothing."""
        key = secrets.token_hex(16)
        while True:
            try:
                async with self.chance.choice(self.servers).client() as client:
                    headers = {"Authorization": self.authorization, "Idempotency-Key": key}
                    answer = await client.post(path, json=body, headers=headers)
            except httpx.HTTPError:
                await asyncio.sleep(0.2)
                continue
            if answer.is_success:
                accepted: dict[str, Any] = answer.json()
                return accepted
            self._judge(answer)
            await asyncio.sleep(float(answer.headers.get("Retry-After", "0.3")))

    def _judge(self, answer: httpx.Response) -> None:
        self.refusals[answer.status_code] += 1
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.status_code in (409, 503), answer.text
        assert "Retry-After" in answer.headers, answer.text
        assert not [leak for leak in _LEAKS if leak in answer.text]


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A database server that no other test uses, since it is stopped."""
    with PostgresServer() as server:
        yield server


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
async def resend() -> AsyncIterator[FakeResend]:
    fake = FakeResend(API_KEY)
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    receiver = await WebhookReceiver().start()
    yield receiver
    await receiver.stop()


@pytest.fixture
def chaotic(
    environ: dict[str, str], own_postgres: PostgresServer, own_redis: RedisServer, resend: FakeResend
) -> dict[str, str]:
    """The environment of both servers."""
    return environ | {
        "BASE_URL": ORIGIN,
        "DATABASE_URL": own_postgres.url(own_postgres.create_database()),
        "REDIS_URL": own_redis.url,
        "EMAIL_PROVIDER": "resend",
        "RESEND_API_KEY": API_KEY,
        "RESEND_API_URL": resend.url,
        "EMAIL_FROM": "HiveSync <hivesync@mail.example.com>",
    }


@pytest.mark.any_database
@pytest.mark.timeout(240 + 60 * ROUNDS)
async def test_nothing_accepted_is_lost_or_done_twice_while_everything_fails(
    chaotic: dict[str, str],
    worker: FakeWorker,
    resend: FakeResend,
    receiver: WebhookReceiver,
    own_postgres: PostgresServer,
    own_redis: RedisServer,
) -> None:
    _say(f"chaos seed {SEED}")
    settings = load(chaotic)
    await serving.migrate(settings)
    pair = Pair([BackendProcess(chaotic) for _ in range(2)], random.Random(SEED))  # noqa: S311 - no secret
    try:
        await asyncio.gather(*(server.start() for server in pair.servers))
        async with pair.servers[0].client() as client:
            ann = await BackendUser(client, "ann").sign_up()
            await operations.set_tier(settings, "ann", Tier.PREMIUM)
            await ann.sign_in()
            project = await ann.project()
            pair.authorization = client.headers["Authorization"]
        hooked = {"url": f"{receiver.origin}/in", "events": ["task.created"], "project_id": project}
        await pair.post("/api/v1/webhooks", hooked)

        over = asyncio.Event()
        asking = asyncio.gather(*(_ask(pair, project, number, over) for number in range(3)))
        for _ in range(ROUNDS):
            await _faults(pair, worker, resend, receiver, own_postgres, own_redis)
        over.set()
        accepted = [each for part in await asking for each in part]
        await _time_passes(chaotic)
        await _compare(pair, project, accepted, worker, resend, receiver, chaotic)
    finally:
        await asyncio.gather(*(server.kill() for server in pair.servers))


async def _ask(pair: Pair, project: str, number: int, over: asyncio.Event) -> list[tuple[str, str, str]]:
    """Ask for tasks, invites and documentation; give what was accepted: kind, id, and what was asked."""
    base, accepted = f"/api/v1/projects/{project}", []
    for turn in range(10_000):
        name = f"{number}-{turn}"
        task = await pair.post(f"{base}/tasks", {"title": name})
        accepted.append(("task", task["id"], name))
        if turn < 5:
            address = f"friend-{name}@example.com"
            invite = await pair.post(f"{base}/team/invites", {"email": address})
            accepted.append(("invite", invite["id"], address))
        if turn in (1, 6)[: 2 - number // 2]:  # five in all: no more may wait at once
            content = f"let a = '{name}'"
            docs = await pair.post(f"{base}/ai-docs", _source(content))
            accepted.append(("docs", docs["id"], content))
        if over.is_set():
            break
        await asyncio.sleep(pair.chance.uniform(0.2, 0.6))
    return accepted


def _say(text: str) -> None:
    print(text)  # noqa: T201 - pytest shows it when the test fails


def _source(content: str) -> dict[str, Any]:
    return {
        "path": "a.js",
        "sha256": hashlib.sha256(content.encode()).hexdigest(),
        "content": content,
    }


async def _faults(
    pair: Pair,
    worker: FakeWorker,
    resend: FakeResend,
    receiver: WebhookReceiver,
    postgres: PostgresServer,
    redis: RedisServer,
) -> None:
    """Have each part fail once, in an order of chance."""

    async def restart(mode: str) -> None:
        await asyncio.to_thread(postgres.stop, mode)
        await asyncio.sleep(0.5)
        await asyncio.to_thread(postgres.start)

    async def lose_redis() -> None:
        await asyncio.to_thread(redis.stop)
        await asyncio.sleep(2)
        await asyncio.to_thread(redis.start)

    async def fail_worker() -> None:
        worker.answer_status = 500
        await asyncio.sleep(1)
        worker.answer_status = 202
        await worker.stop()
        await asyncio.sleep(1)
        await worker.start()

    async def fail_resend() -> None:
        resend.answers.extend([Answer(429, "rate_limit_exceeded", {"retry-after": "1"}), Answer(500)])
        await asyncio.sleep(0.5)

    async def fail_receiver() -> None:
        receiver.status = 500
        await asyncio.sleep(1)
        receiver.status = 204

    faults: list[Callable[[], Awaitable[None]]] = [
        lambda: restart("fast"),
        lambda: restart("immediate"),
        lose_redis,
        fail_worker,
        fail_resend,
        fail_receiver,
        pair.kill_one,
        pair.kill_one,
    ]
    pair.chance.shuffle(faults)
    for fault in faults:
        await fault()
        await asyncio.sleep(0.5)


async def _time_passes(environ: dict[str, str]) -> None:
    """Have the leases of killed servers end, and pauses after failures."""
    database = open_database(load(environ).database)
    try:
        async with database.transaction() as transaction:
            for table in (OutboxRow, MailDeliveryRow, WebhookTurnRow):
                now = utc_now()
                held = update(table).where(table.leased_until.is_not(None))
                await transaction.session.execute(held.values(leased_until=now - timedelta(seconds=1)))
                await transaction.session.execute(update(table).values(available_at=now))
    finally:
        await database.close()


async def _compare(
    pair: Pair,
    project: str,
    accepted: list[tuple[str, str, str]],
    worker: FakeWorker,
    resend: FakeResend,
    receiver: WebhookReceiver,
    environ: dict[str, str],
) -> None:
    """Find each accepted thing once, wherever it should have gone."""
    tasks, invites, docs = (
        {identifier: name for kind, identifier, name in accepted if kind == wanted}
        for wanted in ("task", "invite", "docs")
    )
    base = f"/api/v1/projects/{project}"
    async with pair.servers[0].client() as client:
        client.headers["Authorization"] = pair.authorization
        stored = (await client.get(f"{base}/tasks", params={"limit": 200})).json()["items"]
        assert Counter(item["title"] for item in stored) == Counter(tasks.values())

        told = Counter[str]()
        numbers: list[int] = []
        async with client.stream("GET", "/api/v1/events", headers={"Last-Event-ID": "0"}) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("id:"):
                    numbers.append(int(line[3:]))
                if line.startswith("data:") and (task := json.loads(line[5:]).get("task")):
                    told[task["id"]] += 1
                if len(told) == len(tasks):
                    break
        assert told == dict.fromkeys(tasks, 1)
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))

        applied = Counter[str]()
        reporter = Reporter(client, environ["WORKER_SHARED_SECRET"])
        while len(applied) < len(docs):
            job = (await worker.next_delivery(60)).job
            for _ in range(2):
                applied[job.job_id] += (await reporter.report(documented(job))).json()["applied"]
        assert set(applied.values()) == {1}
        for identifier in docs:
            assert (await client.get(f"{base}/ai-docs/{identifier}")).json()["state"] == "ready"

    def mails() -> Counter[str]:
        return Counter(to for mail in resend.carried for to in mail["to"] if to.startswith("friend-"))

    def hooks() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for message in receiver.messages:
            for identifier in tasks:
                if identifier in message.body.decode():
                    found.setdefault(identifier, set()).add(message.id)
        return found

    async with asyncio.timeout(60):
        while len(mails()) < len(invites) or len(hooks()) < len(tasks):  # noqa: ASYNC110 - others work
            await asyncio.sleep(0.5)
    assert mails() == dict.fromkeys(invites.values(), 1)
    assert {len(ids) for ids in hooks().values()} == {1}
    _say(f"{len(tasks)} tasks, {len(invites)} invites, {len(docs)} docs; refusals {dict(pair.refusals)}")
