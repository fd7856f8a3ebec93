"""No request waits for a second connection while it holds one: enough such requests would wait for ever."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.adapters import db

from tests.server.page_browser import Browser


@pytest.fixture(autouse=True)
def only_one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the backend a pool of one; whoever wants a second gives up before the test does."""
    one = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 5}
    monkeypatch.setattr(db, "pooled", lambda _: one)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_first_use_of_a_new_token(ann: BackendUser, method: str) -> None:
    """It retires the token's predecessors."""
    body = {"refresh_token": ann.tokens["refresh_token"]}
    ann.use((await ann.client.post("/api/v1/auth/refresh", json=body)).json())
    await answers(ann.client, method)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_use_of_an_api_key(ann: BackendUser, backend: RunningBackend, method: str) -> None:
    """It is noted."""
    key = await ann.api_key(scope="write")
    async with backend.client() as client:
        client.headers["Authorization"] = f"Bearer {key['key']}"
        await answers(client, method)
    (seen,) = (await ann.client.get("/api/v1/api-keys")).json()["items"]
    assert seen["last_used_at"]


async def test_a_look_that_is_put_on_record(owner: BackendUser, client: httpx.AsyncClient) -> None:
    """As an admin's is."""
    path = f"/admin/users/{owner.profile['id']}"
    assert (await owner.client.get("/api/v1" + path)).status_code == 200
    browser = Browser(client)
    await browser.open("/admin/sign-in")
    await browser.send("/admin/sign-in", login="owner", password=PASSWORD)
    assert (await browser.open(path)).status_code == 200


async def answers(client: httpx.AsyncClient, method: str) -> None:
    """Ask with a GET, or with a POST that may be repeated."""
    body = {"name": "Shop"} if method == "POST" else None
    answer = await client.request(
        method, "/api/v1/projects", json=body, headers={"Idempotency-Key": str(uuid4())}
    )
    assert answer.is_success, answer.text
