"""The database adapter: the same promises on SQLite and Postgres."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from hivesync_dev.full_disk import fill, small_disk
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.postgres import PostgresServer
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_dev.waiting import until
from hivesync_server.adapters import db
from hivesync_server.adapters.db import open_database
from hivesync_server.auth.tables import UserRow
from hivesync_server.events.repository import EventRepository
from hivesync_server.http import route
from hivesync_server.settings import load
from sqlalchemy import select, text, update


async def test_times_come_back_in_utc_to_the_microsecond(ann: BackendUser, backend: RunningBackend) -> None:
    database = backend.resources.database
    there = datetime(2026, 1, 2, 3, 4, 5, 678901, timezone(timedelta(hours=2)))
    async with database.transaction() as transaction:
        await transaction.session.execute(update(UserRow).values(created_at=there))
    async with database.transaction(writes=False) as transaction:
        back = await transaction.session.scalar(select(UserRow.created_at))
    assert (back, back.tzinfo if back else None) == (there, UTC)


async def test_a_time_without_zone_is_refused(ann: BackendUser, backend: RunningBackend) -> None:
    from sqlalchemy.exc import StatementError

    naive = datetime(2026, 1, 2)
    with pytest.raises(StatementError, match="without zone"):
        async with backend.resources.database.transaction() as transaction:
            await transaction.session.execute(update(UserRow).values(created_at=naive))


async def test_an_error_does_not_repeat_what_was_sent(ann: BackendUser, backend: RunningBackend) -> None:
    """Errors of the database are logged, and what is sent to it are hashes, addresses and mails."""
    from sqlalchemy.exc import DBAPIError

    with pytest.raises(DBAPIError) as caught:
        async with backend.resources.database.transaction() as transaction:
            await transaction.session.execute(text("INSERT INTO nothing VALUES (:it)"), {"it": "canary-7c1f"})
    assert "canary-7c1f" not in str(caught.value)


async def test_writers_wait_for_each_other_instead_of_failing(ann: BackendUser) -> None:
    answers = await asyncio.gather(
        *(ann.client.post("/api/v1/projects", json={"name": f"P{number}"}) for number in range(25))
    )
    assert {answer.status_code for answer in answers} == {201}


@pytest.mark.postgres_only
async def test_what_the_database_undoes_for_anothers_sake_is_done_again(
    ann: BackendUser, backend: RunningBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real deadlock: a request holds a project and waits for a counter, whose holder wants the project."""
    database, next_numbers = backend.resources.database, EventRepository.next_numbers
    project = {"id": await ann.project()}
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND wait_event_type = 'Lock'"
    )

    async def ask_into_a_deadlock() -> httpx.Response:
        has_project, may_go_on = asyncio.Event(), asyncio.Event()

        async def late(*arguments: Any) -> Any:
            has_project.set()
            await may_go_on.wait()
            return await next_numbers(*arguments)

        monkeypatch.setattr(EventRepository, "next_numbers", late)
        async with database.transaction() as other, database.transaction(writes=False) as watch:
            await other.session.execute(text("SET LOCAL deadlock_timeout = '1h'"))  # it is no victim
            await other.session.execute(text("SELECT * FROM event_counters FOR UPDATE"))
            asked = asyncio.create_task(create())
            await has_project.wait()
            want_project = text("SELECT * FROM projects WHERE id = :id FOR UPDATE")
            crossing = asyncio.create_task(other.session.execute(want_project, project))
            await until(partial(watch.session.scalar, waiting))
            may_go_on.set()
            await crossing
        return await asked

    async def create() -> httpx.Response:
        key = {"Idempotency-Key": "once"}
        return await ann.client.post(
            f"/api/v1/projects/{project['id']}/tasks", json={"title": "A"}, headers=key
        )

    monkeypatch.setattr(route, "_REPEATS_MAX", 0)
    _check_busy(await ask_into_a_deadlock())
    monkeypatch.undo()
    done = await ask_into_a_deadlock()
    assert done.status_code == 201
    assert (await create()).json() == done.json()
    tasks = (await ann.client.get(f"/api/v1/projects/{project['id']}/tasks")).json()["items"]
    assert [task["title"] for task in tasks] == ["A"]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backend that waits less long for its turn to write to SQLite."""
    monkeypatch.setattr(db, "_BUSY_TIMEOUT_SECONDS", 0.5)


@pytest.mark.usefixtures("impatient")
async def test_who_waits_for_too_long_is_asked_to_come_again(
    ann: BackendUser, backend: RunningBackend
) -> None:
    database = backend.resources.database
    async with AsyncExitStack() as others:
        if database.is_postgres:
            for _ in range(15):  # as many as there may be
                await others.enter_async_context(database.engine.connect())
            database.engine.pool._timeout = 0.2  # type: ignore[attr-defined]
        else:
            holder = await others.enter_async_context(database.transaction())
            await holder.session.execute(text("SELECT 1"))
        _check_busy(await ann.client.post("/api/v1/projects", json={"name": "A"}))
    assert (await ann.client.post("/api/v1/projects", json={"name": "A"})).status_code == 201
    assert len((await ann.client.get("/api/v1/projects")).json()["items"]) == 1


def _check_busy(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (503, "UPSTREAM_UNREACHABLE")
    assert "busy" in answer.json()["detail"]
    assert "Retry-After" in answer.headers


@pytest.mark.any_database
async def test_a_database_server_whose_disk_fills_up_loses_nothing_that_was_accepted(
    environ: dict[str, str], postgres: PostgresServer, migrated_postgres: str
) -> None:
    project = {"name": "x", "description": secrets.token_hex(5_000)}
    with (
        tempfile.TemporaryDirectory(prefix="hivesync-disk-") as folder,
        small_disk(Path(folder), 48 * 1024) as disk,
        postgres.database_on(disk, migrated_postgres) as name,
    ):
        settings = load(environ | {"DATABASE_URL": postgres.url(name)})
        async with RunningBackend(settings) as backend, backend.client() as client:
            ann = await BackendUser(client, "ann").sign_up()
            ballast = fill(disk)
            answers: list[httpx.Response] = []
            while not answers or answers[-1].is_success:
                answers.append(await ann.client.post("/api/v1/projects", json=project))
            assert (answers[-1].status_code, answers[-1].json()["code"]) == (507, "STORAGE_FULL")
            assert (await ann.client.get("/api/v1/projects")).is_success
            ballast.unlink()
            assert (await ann.client.post("/api/v1/projects", json=project)).status_code == 201
            stored = (await ann.client.get("/api/v1/projects", params={"limit": 200})).json()["items"]
            assert len(stored) == len(answers)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
async def test_addresses_as_providers_hand_them_out_are_understood(
    postgres: PostgresServer, scheme: str
) -> None:
    name = postgres.create_database()
    rest = postgres.url(name).partition("://")[2]
    parameters = (
        "connect_timeout=5&application_name=hivesync&sslmode=prefer&options=-c%20statement_timeout%3D9s"
    )
    joint = "&" if "?" in rest else "?"
    settings = load({"DATABASE_URL": f"{scheme}://{rest}{joint}{parameters}"})
    database = open_database(settings.database)
    async with database.transaction() as transaction:
        assert await transaction.session.scalar(text("SHOW application_name")) == "hivesync"
        assert await transaction.session.scalar(text("SHOW statement_timeout")) == "9s"
    await database.close()
    postgres.drop_database(name)


async def test_a_server_that_has_no_tls_is_refused_when_the_address_requires_it(
    postgres: PostgresServer,
) -> None:
    from sqlalchemy.exc import OperationalError

    database = open_database(
        load({"DATABASE_URL": "postgresql://u:p@127.0.0.1:1/x?sslmode=require&connect_timeout=2"}).database
    )
    with pytest.raises(OperationalError):
        async with database.transaction() as transaction:
            await transaction.session.execute(text("SELECT 1"))
    await database.close()


async def test_connections_that_the_server_closed_are_replaced_unseen(postgres: PostgresServer) -> None:
    """As after a restart of Postgres: of the pool's connections only the ends on our side are left."""
    name = postgres.create_database()
    database = open_database(load({"DATABASE_URL": postgres.url(name)}).database)

    async def ask() -> int:
        async with database.transaction(writes=False) as transaction:
            return await transaction.session.scalar(text("SELECT pg_backend_pid()")) or 0

    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    try:
        before = set(await asyncio.gather(*(ask() for _ in range(4))))
        with psycopg.connect(postgres.url(name), autocommit=True) as connection:
            ended = connection.execute(f"{others} AND datname = current_database()").fetchall()
        assert len(ended) == len(before)
        await asyncio.sleep(0.1)  # the farewells arrive
        after = set(await asyncio.gather(*(ask() for _ in range(4))))
        assert after.isdisjoint(before)
    finally:
        await database.close()
