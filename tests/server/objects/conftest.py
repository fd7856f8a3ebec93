"""A bucket of the real S3, and a client that knows nothing but presigned addresses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from hivesync_dev.servers.s3 import ARTIFACTS_BUCKET, SECRET_KEY, S3Server
from hivesync_server.adapters.objects import ObjectStores, open_stores
from hivesync_server.settings.groups import ObjectSettings
from hivesync_server.settings.secrets import Secret


def stores_at(endpoint: str, secret: str = SECRET_KEY) -> ObjectStores:
    return open_stores(ObjectSettings(endpoint, "hivesync-test", Secret(secret), "p", "l", ARTIFACTS_BUCKET))


@pytest.fixture
def stores(s3: S3Server) -> Iterator[ObjectStores]:
    opened = stores_at(s3.endpoint)
    yield opened
    opened.close()


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        yield client
