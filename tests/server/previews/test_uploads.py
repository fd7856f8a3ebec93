"""Upload plans: packs and presigned addresses, against an object store that is strict about them."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

import httpx
import pytest
from hivesync_contract.limits import PACKED_FILE_BYTES
from hivesync_contract.previews import FileEntry
from hivesync_dev.servers.s3 import BUCKET, SECRET_KEY, S3Server
from hivesync_server.adapters.objects import ObjectStore, ObjectStoreUnreachable, open_stores
from hivesync_server.previews.uploads import PACK_BYTES, plan_uploads
from hivesync_server.settings.groups import ObjectSettings
from hivesync_server.settings.secrets import Secret


def store_at(endpoint: str, secret: str = SECRET_KEY) -> ObjectStore:
    return open_stores(ObjectSettings(endpoint, "hivesync-test", Secret(secret), BUCKET, "l", "a")).previews


@pytest.fixture
def store(s3: S3Server) -> ObjectStore:
    return store_at(s3.endpoint)


@pytest.fixture
async def uploader() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


def entry(name: str, size: int) -> FileEntry:
    return FileEntry(name, size, hashlib.sha256(name.encode()).hexdigest())


def test_small_files_share_a_pack_and_large_ones_go_alone(store: ObjectStore) -> None:
    small, limit = entry("a", 10), entry("b", PACKED_FILE_BYTES)
    large = entry("c", PACKED_FILE_BYTES + 1)
    planned = plan_uploads(store, "p", "v", 1, [large, limit, small])
    assert [pack.sha256s for pack in planned.packs] == [[small.sha256, limit.sha256]]
    assert [pack.size for pack in planned.plan.packs] == [10 + PACKED_FILE_BYTES]
    assert [file.sha256 for file in planned.plan.files] == [large.sha256]
    assert planned.packs[0].key == "previews/v/v1/pack-0"


def test_packs_do_not_outgrow_what_the_worker_can_hold(store: ObjectStore) -> None:
    files = [entry(f"{number:04}", PACKED_FILE_BYTES) for number in range(300)]
    planned = plan_uploads(store, "p", "v", 1, files)
    assert all(pack.size <= PACK_BYTES for pack in planned.plan.packs)
    assert [sha for pack in planned.packs for sha in pack.sha256s] == [file.sha256 for file in files]


def test_equal_content_is_sent_once(store: ObjectStore) -> None:
    twice = [FileEntry("a", 1, "0" * 64), FileEntry("b", 1, "0" * 64)]
    assert plan_uploads(store, "p", "v", 1, twice).plan.packs[0].size == 1


def test_nothing_missing_is_nothing_to_do(store: ObjectStore) -> None:
    plan = plan_uploads(store, "p", "v", 1, []).plan
    assert (plan.packs, plan.files) == ([], [])


async def test_exactly_the_announced_bytes_are_taken(
    store: ObjectStore, s3: S3Server, uploader: httpx.AsyncClient
) -> None:
    data = b"x" * 1000
    sha256 = hashlib.sha256(data).hexdigest()
    put = store.presign_put(f"sources/p/{sha256}", len(data), sha256)
    for wrong in (data[:10], data + b"!", b"y" * 1000):
        assert (await uploader.put(put.url, content=wrong, headers=put.headers)).is_client_error
    without_checksum = {"Content-Type": ""}
    assert (await uploader.put(put.url, content=data, headers=without_checksum)).status_code == 403
    assert (await uploader.put(put.url, content=data, headers=put.headers)).status_code == 200
    assert s3.read(f"sources/p/{sha256}") == data


async def test_a_pack_has_the_announced_size(store: ObjectStore, uploader: httpx.AsyncClient) -> None:
    put = store.presign_put("previews/v/v1/pack-0", 5)
    assert (await uploader.put(put.url, content=b"123456")).status_code == 403
    assert (await uploader.put(put.url, content=b"12345")).status_code == 200


async def test_an_address_is_good_for_its_own_object_only(
    store: ObjectStore, uploader: httpx.AsyncClient
) -> None:
    put = store.presign_put("previews/mine/v1/pack-0", 5)
    theirs = put.url.replace("/mine/", "/theirs/")
    assert (await uploader.put(theirs, content=b"12345")).status_code == 403


async def test_a_store_that_is_away_or_refuses_is_reported(s3: S3Server) -> None:
    for store in (store_at("http://127.0.0.1:1"), store_at(s3.endpoint, "not the secret")):
        with pytest.raises(ObjectStoreUnreachable):
            await store.put("previews/x/v1/manifest.json", b"{}", "application/json")
