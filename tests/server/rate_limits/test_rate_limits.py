"""Requests per minute, as clients meet them."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
from hivesync_contract.identity import Tier
from hivesync_dev.server_routes import calls, routes
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.fake_worker import FakeWorker
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server import operations
from hivesync_server.app import create_app
from hivesync_server.auth.dependencies import current_principal
from hivesync_server.http.route import ApiRoute, SignedRoute
from hivesync_server.settings import Settings, load

ME = "/api/v1/auth/me"
STRANGER = {"X-Real-IP": "203.0.113.7"}

pytestmark = pytest.mark.any_database


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    limits = {"free": {"requests_per_minute": 6}}
    return environ | {"TIER_LIMITS": json.dumps(limits), "ANONYMOUS_REQUESTS_PER_MINUTE": "5"}


def standing(answer: httpx.Response) -> dict[str, int]:
    return {name: int(left) for name, left in re.findall(r'"(\w+)";r=(\d+)', answer.headers["RateLimit"])}


async def test_a_user_is_told_how_much_is_left_and_then_to_wait(
    ann: BackendUser, bob: BackendUser, settings: Settings
) -> None:
    await operations.set_tier(settings, "ann", Tier.FREE)
    answers = [await ann.client.get(ME) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert [standing(answer)["user"] for answer in answers] == [5, 4, 3, 2, 1, 0, 0]
    assert answers[0].headers["RateLimit-Policy"] == '"user";q=6;w=60'
    refused = answers[-1]
    assert refused.json()["code"] == "RATE_LIMITED"
    assert 1 <= int(refused.headers["Retry-After"]) <= 120
    assert (await bob.client.get(ME)).status_code == 200
    assert standing(await bob.client.get(ME))["user"] == 298


async def test_what_is_refused_is_not_done(ann: BackendUser, settings: Settings) -> None:
    await operations.set_tier(settings, "ann", Tier.FREE)
    answers = [await ann.client.post("/api/v1/projects", json={"name": f"P{n}"}) for n in range(8)]
    assert [answer.status_code for answer in answers] == [201] * 6 + [429] * 2
    await operations.set_tier(settings, "ann", Tier.PREMIUM)
    assert len((await ann.client.get("/api/v1/projects")).json()["items"]) == 6


async def test_a_key_leaves_half_of_the_minute_to_the_editor(
    ann: BackendUser, client: httpx.AsyncClient, settings: Settings
) -> None:
    key = (await ann.api_key())["key"]
    await operations.set_tier(settings, "ann", Tier.FREE)
    script = {"Authorization": f"Bearer {key}"}
    answers = [await client.get("/api/v1/projects", headers=script) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert standing(answers[2])["key"] == 0
    assert (await ann.client.get(ME)).status_code == 200


async def test_an_address_without_credentials_is_limited(client: httpx.AsyncClient) -> None:
    login = {"login": "nobody", "password": "wrong password"}

    async def attempt(**headers: str) -> int:
        return (await client.post("/api/v1/auth/login", json=login, headers=STRANGER | headers)).status_code

    assert [await attempt() for _ in range(6)] == [401] * 5 + [429]
    # Neither a made-up address nor made-up credentials make another caller of it.
    assert await attempt(**{"X-Forwarded-For": "198.51.100.9"}) == 429
    assert await attempt(Authorization="Bearer x") == 429
    other = {"X-Real-IP": "198.51.100.9"}
    assert (await client.post("/api/v1/auth/login", json=login, headers=other)).status_code == 401


async def test_wrong_credentials_count_for_the_address_and_right_ones_do_not(
    ann: BackendUser, client: httpx.AsyncClient
) -> None:
    for _ in range(7):
        assert (await ann.client.get(ME, headers=STRANGER)).status_code == 200
    wrong = STRANGER | {"Authorization": "Bearer x"}
    answers = [await client.get(ME, headers=wrong) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert (await ann.client.get(ME, headers=STRANGER)).status_code == 200


async def test_a_customer_with_a_network_of_addresses_is_one_caller(client: httpx.AsyncClient) -> None:
    statuses = []
    for number in range(6):
        address = {"X-Real-IP": f"2001:db8:1:{number:x}::{number:x}"}
        statuses.append((await client.get(ME, headers=address)).status_code)
    assert statuses == [401] * 5 + [429]


async def test_health_and_the_worker_are_not_counted(
    client: httpx.AsyncClient, ann: BackendUser, worker: FakeWorker
) -> None:
    for _ in range(8):
        assert (await client.get("/api/v1/health", headers=STRANGER)).status_code == 200
        answer = await client.post("/api/v1/workers/callback", json={}, headers=STRANGER)
        assert answer.status_code == 401


async def test_two_servers_count_together(environ: dict[str, str], redis_url: str) -> None:
    shared = load(environ | {"REDIS_URL": redis_url, "BASE_URL": "http://api.example.test"})
    async with (
        RunningBackend(shared) as first,
        RunningBackend(shared) as second,
        address(first) as one,
        address(second) as other,
    ):
        user = await BackendUser(one, "ann").sign_up()
        other.headers["Authorization"] = one.headers["Authorization"]
        await operations.set_tier(shared, user.username, Tier.FREE)
        statuses = [(await client.get(ME)).status_code for client in (one, other) * 4]
    assert statuses == [200] * 6 + [429] * 2


def address(backend: RunningBackend) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{backend.settings.http.port}", trust_env=False)


def test_every_route_is_counted_or_named_here(settings: Settings) -> None:
    """`ApiRoute` counts what asks for no credentials; other routes have to say why they need no limit."""
    uncounted = set()
    for route in routes(create_app(settings).asgi.router):
        if isinstance(route, SignedRoute):
            uncounted.add(route.path)
        elif not isinstance(route, ApiRoute) and not _asks_who(route):
            uncounted.add(getattr(route, "path", str(route)))
    uncounted = {path for path in uncounted if not path.startswith("/static/")}
    documents = {"/", "/api/v1/docs", "/api/v1/openapi.json"}
    probes = {"/health", "/health/live", "/health/ready", "/health/deep", "/metrics"}
    signed_by_workers = {"/callback", "/workers/heartbeat"}
    assert uncounted == documents | probes | signed_by_workers


def _asks_who(route: Any) -> bool:
    return hasattr(route, "dependant") and current_principal in calls(route.dependant)
