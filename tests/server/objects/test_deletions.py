"""Objects are deleted once the transaction that says so is committed: not before, and for certain."""

from __future__ import annotations

import asyncio

import pytest
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_dev.servers.s3 import ARTIFACTS_BUCKET, BUCKET, S3Server
from hivesync_dev.servers.unsteady_link import UnsteadyLink
from hivesync_dev.waiting import holds, until
from hivesync_server.adapters.objects import Bucket, ObjectStores
from hivesync_server.object_deletions.deleter import LEASE, ObjectDeleter
from hivesync_server.object_deletions.service import SETTLES_AFTER, ObjectDeletions
from hivesync_server.object_deletions.tables import ObjectDeletionRow
from sqlalchemy import select

from .conftest import stores_at

OCTETS = "application/octet-stream"


async def waiting(backend: RunningBackend) -> list[ObjectDeletionRow]:
    async with backend.resources.database.transaction(writes=False) as transaction:
        return list((await transaction.session.scalars(select(ObjectDeletionRow))).all())


async def delete(backend: RunningBackend, bucket: Bucket, *keys: str, fails: bool = False) -> None:
    resources = backend.resources
    async with resources.database.transaction() as transaction:
        deletions = ObjectDeletions(transaction, resources.deletion_ready, resources.clock())
        await deletions.add(bucket, keys)
        if fails:
            raise ZeroDivisionError


async def test_objects_go_when_the_transaction_is_committed(backend: RunningBackend, s3: S3Server) -> None:
    stores = backend.resources.objects
    for key in ("d/1", "d/2", "d/stays"):
        await stores.artifacts.put(key, b"x", OCTETS)
    await stores.previews.put("d/1", b"x", OCTETS)
    with pytest.raises(ZeroDivisionError):
        await delete(backend, Bucket.ARTIFACTS, "d/stays", fails=True)
    await delete(backend, Bucket.ARTIFACTS, "d/1", "d/2", "d/never")
    await until(lambda: _empty(backend))
    assert [s3.has(key, ARTIFACTS_BUCKET) for key in ("d/1", "d/2", "d/stays")] == [False, False, True]
    assert s3.has("d/1", BUCKET)


async def test_a_store_that_is_away_is_asked_until_it_is_back(
    environ: dict[str, str], clock: MovableClock, s3: S3Server
) -> None:
    from hivesync_server.settings import load

    with UnsteadyLink(int(s3.endpoint.rsplit(":", 1)[1])) as link:
        settings = load(environ | {"R2_ENDPOINT": f"http://127.0.0.1:{link.port}"})
        async with RunningBackend(settings, clock) as backend:
            await backend.resources.objects.artifacts.put("away/1", b"x", OCTETS)
            link.refuse()
            await delete(backend, Bucket.ARTIFACTS, "away/1")
            await until(lambda: _tried(backend, 1))
            clock.advance(hours=1)
            backend.wake_deleter()
            await until(lambda: _tried(backend, 2))
            assert s3.has("away/1", ARTIFACTS_BUCKET)
            link.heal()
            clock.advance(hours=1)
            backend.wake_deleter()
            await until(lambda: _empty(backend))
    assert not s3.has("away/1", ARTIFACTS_BUCKET)


async def test_what_a_dead_process_had_in_hand_is_taken_over(
    backend: RunningBackend, clock: MovableClock, s3: S3Server
) -> None:
    resources = backend.resources
    # One that claims, and then never gets an answer.
    hanging = stores_at("http://127.0.0.1:1")
    dead = _deleter(backend, hanging)
    async with resources.database.transaction() as transaction:
        await ObjectDeletions(transaction, asyncio.Event(), clock()).add(Bucket.ARTIFACTS, ["dead/1"])
    await resources.objects.artifacts.put("dead/1", b"x", OCTETS)
    (claimed,) = await dead._claim()
    alive = _deleter(backend, resources.objects)
    assert not await alive.step()
    clock.advance(seconds=LEASE.total_seconds() + 1)
    assert await alive.step()
    assert not s3.has("dead/1", ARTIFACTS_BUCKET)
    # And what the first one finds out too late changes nothing.
    await dead._postpone([claimed])
    assert await waiting(backend) == []
    hanging.close()


async def test_an_address_that_is_still_good_brings_nothing_back(
    backend: RunningBackend, clock: MovableClock, s3: S3Server
) -> None:
    resources = backend.resources
    async with resources.database.transaction() as transaction:
        deletions = ObjectDeletions(transaction, resources.deletion_ready, clock())
        await deletions.add(Bucket.ARTIFACTS, ["late/1"], uploads_since=clock())
        await deletions.add(Bucket.ARTIFACTS, ["old/1"], uploads_since=clock() - SETTLES_AFTER)
    await holds(lambda: not resources.deletion_ready.is_set())
    await until(lambda: _left(backend, 1))
    await resources.objects.artifacts.put("late/1", b"back again", OCTETS)
    clock.advance(seconds=SETTLES_AFTER.total_seconds() + 1)
    backend.wake_deleter()
    await until(lambda: _empty(backend))
    assert not s3.has("late/1", ARTIFACTS_BUCKET)


async def test_two_processes_share_the_work(backend: RunningBackend, s3: S3Server) -> None:
    resources = backend.resources
    keys = [f"shared/{number}" for number in range(20)]
    for key in keys:
        await resources.objects.artifacts.put(key, b"x", OCTETS)
    await delete(backend, Bucket.ARTIFACTS, *keys)
    await asyncio.gather(*(_deleter(backend, resources.objects).step() for _ in range(4)))
    await until(lambda: _empty(backend))
    assert not s3.has("shared/", ARTIFACTS_BUCKET)


def _deleter(backend: RunningBackend, stores: ObjectStores) -> ObjectDeleter:
    return ObjectDeleter(
        backend.resources.database, stores, backend.resources.clock, backend.resources.deletion_ready
    )


async def _left(backend: RunningBackend, count: int) -> bool:
    return len(await waiting(backend)) == count


async def _empty(backend: RunningBackend) -> bool:
    return await _left(backend, 0)


async def _tried(backend: RunningBackend, times: int) -> bool:
    (row,) = await waiting(backend)
    return row.tries == times
