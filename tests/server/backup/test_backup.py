"""A backup brings back everything, into either database; a damaged one changes nothing."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.rows import add_rows, rows_of
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server import backup, migrations, operations
from hivesync_server.adapters.db import Database, open_database
from hivesync_server.backup.files import BackupInvalid
from hivesync_server.backup.restoring import DatabaseNotEmpty
from hivesync_server.backup.stored import stored_tables
from hivesync_server.migrations import configured
from hivesync_server.settings import Settings, load
from sqlalchemy import Connection, text

from .conftest import NewDatabase

BOTH = ["sqlite", "postgres"]
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def quiet(_: str) -> None:
    """Nobody watches."""


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    database = open_database(settings.database)
    try:
        yield database
    finally:
        await database.close()


async def fill(settings: Settings, revision: str = migrations.NEWEST) -> None:
    """Migrate, and put a row into every table."""
    await configured.migrate(settings, revision)
    async with opened(settings) as database, database.transaction() as transaction:
        connection = await transaction.session.connection()
        await connection.run_sync(lambda sync: add_rows(sync, stored_tables(sync)))


async def rows(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    def see(connection: Connection) -> dict[str, list[dict[str, Any]]]:
        return rows_of(connection, stored_tables(connection))

    async with opened(settings) as database, database.snapshot() as connection:
        return await connection.run_sync(see)


async def save(settings: Settings, path: Path) -> backup.Saved:
    return await operations.save_backup(settings, path, NOW, quiet)


async def restore(settings: Settings, path: Path, *, replace: bool = False) -> backup.Restored:
    return await operations.restore_backup(settings, path, quiet, replace=replace)


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def forge(path: Path, content: list[Any]) -> None:
    """Write a backup of these lines, whose hash is right."""
    packed = [
        json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode() + b"\n" for line in content
    ]
    end = content[-1] | {"sha256": hashlib.sha256(b"".join(packed[:-1])).hexdigest()}
    path.write_bytes(gzip.compress(b"".join(packed[:-1]) + json.dumps(end).encode() + b"\n"))


@pytest.mark.parametrize("to", BOTH)
@pytest.mark.parametrize("source", BOTH)
async def test_every_row_of_every_table_comes_back_in_either_database(
    source: str, to: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    first, second = new_database(source), new_database(to)
    await fill(first)
    saved = await save(first, tmp_path / "first")
    assert all(saved.rows.values())
    assert stat.S_IMODE(os.stat(tmp_path / "first").st_mode) == 0o600

    restored = await restore(second, tmp_path / "first")
    assert restored.rows == saved.rows
    await save(second, tmp_path / "second")
    # The backup names every value in one way for both, so the same rows give the same bytes.
    assert lines(tmp_path / "second") == lines(tmp_path / "first")


@pytest.mark.parametrize("source", BOTH)
async def test_search_finds_the_same_after_a_restore_into_either_database(
    source: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    questions = ("lantern", "lant", "lanturn", "Straße", "検索", "shop")

    async def answers(client: httpx.AsyncClient) -> list[Any]:
        asked = [await client.get("/api/v1/search", params={"q": question}) for question in questions]
        return [answer.json()["items"] for answer in asked]

    first = new_database(source)
    await configured.migrate(first)
    async with RunningBackend(first) as backend, backend.client() as client:
        ann = await BackendUser(client, "ann").sign_up()
        project = f"/api/v1/projects/{await ann.project()}"
        for title in ("Paint the lantern", "Straße und 検索", "Lanterns of another colour"):
            assert (await client.post(f"{project}/tasks", json={"title": title})).is_success
        comment = {"body": "The lantern is out", "target": {"kind": "project"}}
        assert (await client.post(f"{project}/comments", json=comment)).is_success
        before = await answers(client)
    assert [len(items) for items in before] == [3, 3, 2, 1, 1, 1]
    await save(first, tmp_path / "saved")
    for kind in BOTH:
        second = new_database(kind)
        await restore(second, tmp_path / "saved")
        async with RunningBackend(second) as backend, backend.client() as client:
            await BackendUser(client, "ann").sign_in()
            assert await answers(client) == before
            # What is new is numbered after what came back.
            assert (await client.post(f"{project}/tasks", json={"title": "One more lantern"})).is_success
            assert len((await answers(client))[0]) == 4


@pytest.mark.parametrize("kind", BOTH)
async def test_a_backup_of_an_earlier_schema_is_brought_to_this_one(
    kind: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    old, new = new_database(kind), new_database(kind)
    await fill(old, "0006")
    await save(old, tmp_path / "old")
    restored = await restore(new, tmp_path / "old")
    assert (restored.from_revision, restored.revision) == ("0006_teams", migrations.newest())
    assert restored.rows["project_members"] == 1
    async with opened(new) as database:
        assert await migrations.is_current(database)


@pytest.mark.parametrize("kind", BOTH)
async def test_a_database_with_rows_is_replaced_only_on_demand_and_then_as_a_whole(
    kind: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    settings, other = new_database(kind), new_database(kind)
    await fill(settings)
    await fill(other)
    await save(settings, tmp_path / "good")
    before = await rows(other)
    with pytest.raises(DatabaseNotEmpty, match="--force"):
        await restore(other, tmp_path / "good")
    cut = tmp_path / "cut"
    cut.write_bytes((tmp_path / "good").read_bytes()[:-40])
    with pytest.raises(BackupInvalid):
        await restore(other, cut, replace=True)
    assert await rows(other) == before
    await restore(other, tmp_path / "good", replace=True)
    assert await rows(other) == await rows(settings) != before


async def test_a_damaged_or_forged_file_is_refused_and_nothing_of_it_stays(
    new_database: NewDatabase, tmp_path: Path
) -> None:
    source, target = new_database("sqlite"), new_database("sqlite")
    await fill(source)
    good, bad = tmp_path / "good", tmp_path / "bad"
    await save(source, good)
    packed, content = good.read_bytes(), lines(good)
    plain = gzip.decompress(packed)
    user = next(index for index, line in enumerate(content) if isinstance(line, list))
    session = next(i for i, line in enumerate(content) if line == content[i] and _begins(line, "sessions"))
    damaged = {
        "empty": b"",
        "cut": packed[: len(packed) // 2],
        "cut between lines": gzip.compress(plain.rpartition(b"\n{")[0] + b"\n"),
        "flipped": packed[:300] + bytes([packed[300] ^ 1]) + packed[301:],
        "a value changed": gzip.compress(plain.replace(b"2026-01-01", b"2027-01-01", 1)),
        "something after the end": gzip.compress(plain + b"[]\n"),
        "no gzip": plain,
        "another program's": gzip.compress(b'{"hello": 1}\n'),
        "not JSON": gzip.compress(b"hello\n"),
    }
    for name, packed in damaged.items():
        bad.write_bytes(packed)
        with pytest.raises(BackupInvalid):
            await restore(target, bad)
        assert not await rows(target), name

    end = content[-1]
    forged: dict[str, list[Any]] = {
        "of a later release": [content[0] | {"revision": "9999_future"}, *content[1:]],
        "an unknown table": [*content[:1], {"table": "nope", "columns": ["id"]}, ["x"], end],
        "a column that is not there": [content[0], {"table": "users", "columns": ["nope"]}, ["x"], end],
        "a row too long": [*content[:user], [*content[user], 1], *content[user + 1 :]],
        "a wrong count": [*content[:-1], end | {"rows": end["rows"] | {"users": 7}}],
        "an orphan": [*content[: session + 1], _orphan(content[session + 1]), *content[session + 2 :]],
        "no time": [
            *content[:session],
            content[session],
            _timeless(content[session + 1]),
            *content[session + 2 :],
        ],
    }
    for name, content in forged.items():
        forge(bad, content)
        with pytest.raises(BackupInvalid):
            await restore(target, bad)
        assert not await rows(target), name


def _begins(line: Any, table: str) -> bool:
    return isinstance(line, dict) and line.get("table") == table


def _orphan(row: list[Any]) -> list[Any]:
    """Give a session of a user that the backup does not have."""
    return [row[0], "018f3a5e-0000-7000-8000-000000000001", *row[2:]]


def _timeless(row: list[Any]) -> list[Any]:
    return [("yesterday" if str(value).startswith("2026-") else value) for value in row]


async def test_a_backup_under_write_load_shows_one_moment(
    environ: dict[str, str], new_database: NewDatabase, tmp_path: Path
) -> None:
    from hivesync_dev.servers.running_backend import RunningBackend

    path, accepted = tmp_path / "under-load", list[str]()
    busy, over = asyncio.Event(), asyncio.Event()
    environ = environ | {"TIER_LIMITS": '{"premium": {"requests_per_minute": 1000000}}'}
    async with RunningBackend(load(environ)) as backend, backend.client() as client:
        ann = await BackendUser(client, "ann").sign_up()

        async def write() -> None:
            while not over.is_set():
                accepted.append(await ann.project())
                if len(accepted) == 20:
                    busy.set()

        writers = [asyncio.create_task(write()) for _ in range(4)]
        await busy.wait()
        before = set(accepted)
        process = await asyncio.create_subprocess_exec(
            *command("backup", str(path), "--json"),
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        told, complaint = await process.communicate()
        over.set()
        await asyncio.gather(*writers)
    assert process.returncode == 0, complaint
    assert json.loads(told)["rows"]["users"] == 1
    target = new_database("sqlite")
    await restore(target, path)
    async with opened(target) as database, database.snapshot() as connection:
        restored = set((await connection.execute(text("SELECT id FROM projects"))).scalars())
        owned = set((await connection.execute(text("SELECT project_id FROM project_members"))).scalars())
    assert {identifier.replace("-", "") for identifier in before} <= restored
    assert restored == owned  # a project and its first member are written in one transaction


@pytest.mark.any_database
def test_a_backup_that_is_killed_leaves_the_former_one(environ: dict[str, str], tmp_path: Path) -> None:
    with sqlite3.connect(load(environ).database.sqlite_path) as connection:
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
            "INSERT INTO reserved_names (username, expires_at) "
            "SELECT printf('%032d', i), '2026-01-01 00:00:00' FROM n"
        )
    folder = tmp_path / "backups"
    folder.mkdir()
    path = folder / "kept"
    path.write_bytes(b"the former one")
    process = subprocess.Popen(command("backup", str(path)), env=environ, stderr=subprocess.PIPE)
    ends = time.monotonic() + 30
    while not (parts := list(folder.glob(".*.part"))) or not parts[0].stat().st_size:
        assert time.monotonic() < ends
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert path.read_bytes() == b"the former one"
    os.utime(parts[0], (0, 0))
    assert subprocess.run(command("backup", str(folder)), env=environ, check=False).returncode == 0
    names = sorted(os.listdir(folder))
    assert (len(names), names[0][:9], names[1]) == (2, "hivesync-", "kept")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "hivesync_server", *arguments]
