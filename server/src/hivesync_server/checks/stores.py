"""Checks of what the server keeps its data in: database, cache, buckets, disk."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
from botocore.exceptions import ClientError  # type: ignore[import-untyped]
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, RedisError
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from hivesync_server import migrations
from hivesync_server.adapters.db import Database, open_database
from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.objects import ObjectStore, ObjectStoreUnreachable, open_stores
from hivesync_server.auth.tables import UserRow
from hivesync_server.checks.finding import Finding, fail, ok, skip, warn
from hivesync_server.settings import Settings
from hivesync_server.settings.safety import is_loopback

_SKEW_MAX = timedelta(seconds=5)
_REDIS_SECONDS = 5.0
_HTTP_SECONDS = 10.0
NO_STORE = "Check R2_ENDPOINT, and that this host may connect to it; start it where it is your own."
_GRANT = "Give the key of R2_ACCESS_KEY read and write access to the bucket."
_DISK_LOW, _DISK_OUT = 0.10, 0.02


async def database(settings: Settings) -> list[Finding]:
    """Look whether it answers, has this release's schema and an admin, and agrees on the time."""
    opened = open_database(settings.database)
    try:
        return [finding async for finding in _database(opened)]
    except (DBAPIError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        remedy = "Check DATABASE_URL or POSTGRES_*, and that the database lets this host in."
        return [fail("database", f"It does not answer: {reason}", remedy)]
    finally:
        await opened.close()


async def _database(database: Database) -> AsyncIterator[Finding]:
    async with database.snapshot() as connection:
        kind = "Postgres" if database.is_postgres else "SQLite"
        yield ok("database", f"{kind} answers.")
        revision = await connection.run_sync(migrations.current_of)
        if revision != migrations.newest():
            detail = f"The schema is {revision}; this release needs {migrations.newest()}."
            yield fail("schema", detail, "Run `hivesync-server migrate`.")
            return
        yield ok("schema", f"The schema is {revision}.")
        admins = await connection.scalar(select(func.count()).where(UserRow.is_admin))
        if admins:
            yield ok("admin", f"{admins} account(s) may administer the server.")
        else:
            yield fail("admin", "Nobody may administer the server.", "Run `hivesync-server create-admin`.")
        if database.is_postgres:
            there = await connection.scalar(text("SELECT clock_timestamp()"))
            yield _clock("database clock", there)


def _clock(name: str, there: datetime) -> Finding:
    skew = abs(datetime.now(UTC) - there)
    if skew > _SKEW_MAX:
        detail = f"It is {skew.total_seconds():.0f} seconds away from this machine's."
        return warn(name, detail, "Let both follow NTP (timedatectl set-ntp true).")
    return ok(name, "It agrees with this machine's.")


async def cache(settings: Settings) -> list[Finding]:
    """Look whether Redis answers."""
    url = settings.redis_url.reveal()
    if not url:
        if settings.env == "local":
            return [skip("redis", "The embedded cache is used.")]
        remedy = "Set REDIS_URL: without it limits are counted by each process, and forgotten at a restart."
        return [warn("redis", "No Redis is set.", remedy)]
    client = Redis.from_url(url, socket_timeout=_REDIS_SECONDS, socket_connect_timeout=_REDIS_SECONDS)
    try:
        await client.ping()
    except AuthenticationError:
        return [fail("redis", "It refuses the password.", "Check REDIS_URL or REDIS_PASSWORD.")]
    except (RedisError, OSError) as error:
        return [fail("redis", f"It does not answer: {type(error).__name__}.", "Check REDIS_URL; start it.")]
    finally:
        await client.aclose()
    return [ok("redis", "It answers.")]


async def buckets(settings: Settings) -> list[Finding]:
    """Write, find and delete a small object in each bucket."""
    stores, names = open_stores(settings.objects), settings.objects
    try:
        return list(
            await asyncio.gather(
                _bucket(f"bucket {names.previews_bucket}", stores.previews),
                _bucket(f"bucket {names.logs_bucket}", stores.logs),
                _bucket(f"bucket {names.artifacts_bucket}", stores.artifacts),
            )
        )
    finally:
        stores.close()


async def _bucket(name: str, store: ObjectStore) -> Finding:
    key = f"checks/{new_id()}"
    try:
        await store.put(key, b"check", "text/plain")
        found = await store.head(key)
        left = await store.delete([key])
    except ObjectStoreUnreachable as error:
        return _unusable(name, error.__cause__ or error)
    if found is None or left:
        return fail(name, "What was written was not found.", "Give the key read and write access.")
    return ok(name, "It can be written and read.")


def _unusable(name: str, cause: BaseException) -> Finding:
    """Tell a store that answered with a refusal from one that gave no answer."""
    reason = str(cause).partition("\n")[0] or type(cause).__name__
    if not isinstance(cause, ClientError):
        return fail(name, f"The object store gives no answer: {reason}", NO_STORE)
    if cause.response.get("Error", {}).get("Code") == "NoSuchBucket":
        return fail(name, f"There is no such bucket: {reason}", f"Create it. {_GRANT}")
    if cause.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
        return fail(
            name, f"The object store is not well: {reason}", "Try again later; see Cloudflare's status."
        )
    return fail(name, f"It refuses us: {reason}", f"Check R2_ACCESS_KEY and R2_SECRET_KEY. {_GRANT}")


async def objects_clock(settings: Settings) -> list[Finding]:
    """Look whether the object store agrees on the time: addresses that we sign last for minutes."""
    trust_env = not is_loopback(httpx.URL(settings.objects.endpoint).host)
    async with httpx.AsyncClient(timeout=_HTTP_SECONDS, trust_env=trust_env) as client:
        try:
            answer = await client.head(settings.objects.endpoint)
            there = parsedate_to_datetime(answer.headers["date"])
        except httpx.HTTPError:
            return [skip("object store clock", "It does not answer; see the lines `bucket`.")]
        except (KeyError, ValueError):
            return [skip("object store clock", "It does not tell the time.")]
    return [_clock("object store clock", there)]


async def disk(settings: Settings) -> list[Finding]:
    """Look how much room the data folder has."""
    folder = settings.data_dir
    while not await asyncio.to_thread(Path.exists, folder):
        folder = folder.parent
    usage = await asyncio.to_thread(shutil.disk_usage, folder)
    share = usage.free / usage.total
    detail = f"{usage.free // 1024**2} MB ({share:.0%}) are free at {folder}."
    if share < _DISK_OUT:
        return [fail("disk", detail, "Make room; a full disk stops every change.")]
    if share < _DISK_LOW:
        return [warn("disk", detail, "Make room, or add a volume.")]
    return [ok("disk", detail)]
