"""Bodies as gzip: what they unpack to is what counts, and a bomb or a damaged one is refused."""

from __future__ import annotations

import gzip
import json

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser

pytestmark = pytest.mark.any_database


async def post(ann: BackendUser, content: bytes, encoding: str = "gzip") -> httpx.Response:
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    return await ann.client.post("/api/v1/projects", content=content, headers=headers)


async def test_a_packed_body_is_what_it_unpacks_to(ann: BackendUser) -> None:
    plain = json.dumps({"name": "Shop", "description": "é" * 9_000}).encode()
    made = await post(ann, gzip.compress(plain))
    assert (made.status_code, len(made.json()["description"])) == (201, 9_000)
    again = await post(ann, plain, encoding="identity")
    assert again.status_code == 201


async def test_a_bomb_is_refused_for_what_it_unpacks_to(ann: BackendUser) -> None:
    bomb = gzip.compress(b'{"name": "' + b" " * 200_000_000 + b'"}')
    assert len(bomb) < 256 * 1024
    refused = await post(ann, bomb)
    assert (refused.status_code, refused.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")


async def test_what_is_no_gzip_is_refused(ann: BackendUser) -> None:
    good = gzip.compress(b'{"name": "Shop"}')
    for damaged in (b"{}", good[:-9], good[:-3], good + b"x", b"", good + good):
        refused = await post(ann, damaged)
        assert refused.status_code == 400, damaged
        assert refused.headers["content-type"] == "application/problem+json"
    assert (await post(ann, b"{}", encoding="br")).status_code == 415
    assert (await ann.client.get("/api/v1/projects")).json()["items"] == []
