"""The object store by its S3 adapter: what presigned addresses allow, and what large files need."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection
from typing import Any

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hivesync_dev.servers.s3 import ARTIFACTS_BUCKET, S3Server
from hivesync_dev.servers.unsteady_link import UnsteadyLink
from hivesync_server.adapters.objects import (
    ObjectStores,
    ObjectStoreUnreachable,
    PartsRefused,
    StoredObject,
    UploadedPart,
)
from hivesync_server.adapters.objects.disposition import attachment

from .conftest import stores_at

OCTETS = "application/octet-stream"
PART = 5 * 1024 * 1024
DATA = b"<script>alert(1)</script>"
SHA256 = hashlib.sha256(DATA).hexdigest()


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


async def uploaded(
    stores: ObjectStores, browser: httpx.AsyncClient, key: str, upload: str, parts: list[bytes]
) -> list[UploadedPart]:
    done = []
    for number, part in enumerate(parts, 1):
        put = stores.artifacts.presign_part(key, upload, number, len(part), _md5(part))
        answer = await browser.put(put.url, content=part, headers=put.headers)
        assert answer.status_code == 200, answer.text
        done.append(UploadedPart(number, answer.headers["etag"]))
    return done


async def test_an_upload_is_what_was_announced_and_a_download_is_a_file(
    stores: ObjectStores, browser: httpx.AsyncClient
) -> None:
    put = stores.artifacts.presign_put("tasks/attachments/1", len(DATA), SHA256, OCTETS)
    as_page = put.headers | {"content-type": "text/html"}
    assert (await browser.put(put.url, content=DATA, headers=as_page)).status_code == 403
    assert (await browser.put(put.url, content=DATA[::-1], headers=put.headers)).is_client_error
    assert await stores.artifacts.head("tasks/attachments/1") is None
    assert (await browser.put(put.url, content=DATA, headers=put.headers)).status_code == 200
    assert await stores.artifacts.head("tasks/attachments/1") == StoredObject(len(DATA), SHA256)
    url = stores.artifacts.presign_get("tasks/attachments/1", 'ü"; x.html', OCTETS)
    answer = await browser.get(url)
    assert answer.content == DATA
    assert answer.headers["content-type"] == OCTETS
    disposition = "attachment; filename=\"__; x.html\"; filename*=UTF-8''%C3%BC%22%3B%20x.html"
    assert answer.headers["content-disposition"] == disposition
    for other in (url.replace("attachment", "inline", 2), url.replace("attachments/1", "attachments/2")):
        assert (await browser.get(other)).status_code == 403


@pytest.mark.parametrize(
    "name", ["a\r\nSet-Cookie: x=1", 'a"; filename="b.exe', "\u202egpj.exe", "100%.txt", "\\..\\a"]
)
def test_a_name_stays_within_its_quotes(name: str) -> None:
    value = attachment(name)
    plain, encoded = value.removeprefix('attachment; filename="').rsplit("\"; filename*=UTF-8''", 1)
    assert not set(plain) & set('"\\%\r\n')
    assert all(character.isascii() and character.isprintable() and character != " " for character in encoded)


async def test_a_large_file_comes_in_parts(
    stores: ObjectStores, browser: httpx.AsyncClient, s3: S3Server
) -> None:
    key, parts = "tasks/attachments/large", [b"a" * PART, b"b" * PART, b"end"]
    upload = await stores.artifacts.begin_multipart(key, OCTETS)
    wrong = stores.artifacts.presign_part(key, upload, 1, PART, _md5(parts[0]))
    assert (await browser.put(wrong.url, content=parts[1], headers=wrong.headers)).status_code == 400
    assert (await browser.put(wrong.url, content=b"short", headers=wrong.headers)).status_code == 403
    done = await uploaded(stores, browser, key, upload, parts)
    for refused in (
        [UploadedPart(1, '"unknown"')],
        [*done, UploadedPart(4, done[0].etag)],
    ):
        with pytest.raises(PartsRefused):
            await stores.artifacts.complete_multipart(key, upload, refused)
    await stores.artifacts.complete_multipart(key, upload, done)
    found = await stores.artifacts.head(key)
    assert found is not None
    assert found.size == 2 * PART + 3
    assert s3.read(key, ARTIFACTS_BUCKET) == b"".join(parts)


async def test_an_aborted_upload_leaves_nothing(
    stores: ObjectStores, browser: httpx.AsyncClient, s3: S3Server
) -> None:
    key = "tasks/attachments/aborted"
    upload = await stores.artifacts.begin_multipart(key, OCTETS)
    done = await uploaded(stores, browser, key, upload, [b"x"])
    assert key in s3.open_uploads(ARTIFACTS_BUCKET)
    for _ in range(2):
        await stores.artifacts.abort_multipart(key, upload)
    assert key not in s3.open_uploads(ARTIFACTS_BUCKET)
    with pytest.raises(PartsRefused):
        await stores.artifacts.complete_multipart(key, upload, done)


async def test_objects_are_deleted_together_and_missing_ones_are_no_error(stores: ObjectStores) -> None:
    for key in ("gone/1", "gone/2", "gone/stays"):
        await stores.artifacts.put(key, b"x", OCTETS)
    assert await stores.artifacts.delete(["gone/1", "gone/2", "gone/never"]) == frozenset()
    found = [await stores.artifacts.head(key) for key in ("gone/1", "gone/2", "gone/stays")]
    assert found[:2] == [None, None]
    assert found[2] is not None


CALLS: dict[str, tuple[Any, ...]] = {
    "put": ("x", b"", OCTETS),
    "head": ("x",),
    "abort_multipart": ("x", "1"),
    "delete": (["x"],),
    "names": ("x/",),
    "complete_multipart": ("x", "1", [UploadedPart(1, "x")]),
    "begin_multipart": ("x", OCTETS),
}


async def assert_refused(stores: ObjectStores, *names: str) -> None:
    """See that each of these calls fails in the one way that callers know."""
    for name in names:
        with pytest.raises(ObjectStoreUnreachable) as caught:
            await getattr(stores.artifacts, name)(*CALLS[name])
        assert caught.value.retryable
        assert caught.value.headers["Retry-After"]
    stores.close()


async def test_whatever_is_asked_of_a_store_that_is_away_or_refuses_can_be_tried_again(s3: S3Server) -> None:
    for stores in (stores_at("http://127.0.0.1:1"), stores_at(s3.endpoint, "not the secret")):
        await assert_refused(stores, *CALLS)


_HALF = b"<?xml version='1.0'?><InitiateMultipartUploadResult><Uplo"
_TROUBLE = b"<?xml version='1.0'?><Error><Code>InternalError</Code><Message>x</Message></Error>"
_READ = ("delete", "names", "complete_multipart", "begin_multipart")
"""Calls whose answer's body says how it went."""


@pytest.mark.parametrize(
    ("status", "body", "refused"),
    [
        (500, _TROUBLE, CALLS),
        (502, b"<html><body>Bad gateway", CALLS),
        (200, _TROUBLE, _READ),
        (200, _HALF, _READ),
        (200, b"", ["begin_multipart"]),
        (200, None, _READ),
    ],
    ids=["error", "gateway", "error in a success", "half", "nothing", "broken off"],
)
async def test_a_store_that_is_not_well_fails_in_the_same_way(
    status: int, body: bytes | None, refused: Collection[str]
) -> None:
    """Also with a success that says that it is none, that is cut in the middle, or (None) breaks off."""

    async def answer(request: web.Request) -> web.StreamResponse:
        await request.read()
        if body is not None:
            return web.Response(status=status, body=body, content_type="application/xml")
        begun = web.StreamResponse(headers={"Content-Length": "1000"})
        await begun.prepare(request)
        await begun.write(_HALF)
        assert request.transport is not None
        request.transport.abort()
        return begun

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    async with TestServer(app) as server:
        await assert_refused(stores_at(str(server.make_url(""))), *refused)


async def test_a_store_that_hangs_is_given_up(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hivesync_server.adapters.objects.s3._CALL_SECONDS", 0.2)
    with UnsteadyLink(int(s3.endpoint.rsplit(":", 1)[1])) as link:
        link.silence()
        stores = stores_at(f"http://127.0.0.1:{link.port}")
        before = time.monotonic()
        with pytest.raises(ObjectStoreUnreachable):
            await stores.artifacts.head("x")
        assert time.monotonic() - before < 5
        link.refuse()
        stores.close()
