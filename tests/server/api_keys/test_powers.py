"""What keys may do: less than their users, and never what would outlive them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.api_keys.powers import RESOURCES

Program = Callable[..., Awaitable[httpx.AsyncClient]]
KEYS = "/api/v1/api-keys"
PROJECTS = "/api/v1/projects"
ID = "01890000-0000-7000-8000-000000000000"
SHUT = {"auth", "profile", "invites", "api-keys", "devices", "webhooks", "admin", "health", "workers"}
"""Resources that were decided to be no business of keys, or need no sign-in at all."""


def assert_too_weak(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


async def test_a_reading_key_reads_and_changes_nothing(ann: BackendUser, program: Program) -> None:
    script = await program(ann)
    path = f"{PROJECTS}/{await ann.project()}"
    assert (await script.get(path)).status_code == 200
    for method, target in (
        ("POST", PROJECTS),
        ("PATCH", path),
        ("DELETE", path),
        ("PUT", f"{path}/favorite"),
        ("POST", "/api/v1/notifications/read"),
    ):
        assert_too_weak(await script.request(method, target, json={"name": "x"}))
    assert (await ann.client.get(path)).json()["name"] == "Shop"


async def test_a_writing_key_reads_and_changes(ann: BackendUser, program: Program) -> None:
    script = await program(ann, scope="write")
    created = await script.post(PROJECTS, json={"name": "New"}, headers={"Idempotency-Key": "once"})
    assert (created.status_code, created.json()["owner_id"]) == (201, ann.profile["id"])
    path = f"{PROJECTS}/{created.json()['id']}"
    assert (await script.patch(path, json={"name": "Newer"})).json()["name"] == "Newer"
    assert (await script.delete(path)).status_code == 204


@pytest.mark.any_database
async def test_no_key_reaches_what_would_outlive_it(ann: BackendUser, program: Program) -> None:
    script = await program(ann, scope="write")
    for method, path in (
        ("GET", "/auth/sessions"),
        ("DELETE", f"/auth/sessions/{ID}"),
        ("GET", "/api-keys"),
        ("POST", "/api-keys"),
        ("DELETE", f"/api-keys/{ID}"),
    ):
        assert_too_weak(await script.request(method, "/api/v1" + path, json={"name": "x"}))
    assert len((await ann.client.get(KEYS)).json()["items"]) == 1


@pytest.mark.any_database
async def test_a_key_in_another_spelling_of_a_path_reaches_no_more(
    ann: BackendUser, program: Program
) -> None:
    script = await program(ann, scope="write")
    for path in (
        "/projects/../api-keys",
        "/projects%2f..%2fapi-keys",
        "//api-keys",
        "/API-KEYS",
        "/api%2dkeys",
    ):
        answer = await script.get(httpx.URL(f"{script.base_url}/api/v1{path}"))
        assert answer.status_code in (403, 404), path


async def test_a_limited_key_knows_its_projects_only(ann: BackendUser, program: Program) -> None:
    mine, other = await ann.project("mine"), await ann.project("other")
    script = await program(ann, scope="write", project_ids=[mine])
    assert [item["id"] for item in (await script.get(PROJECTS)).json()["items"]] == [mine]
    assert (await script.get("/api/v1/auth/me")).status_code == 200
    assert (await script.get(f"{PROJECTS}/{mine.upper()}")).status_code == 200
    assert (await script.patch(f"{PROJECTS}/{mine}", json={"name": "x"})).status_code == 200
    assert (await script.get(f"{PROJECTS}/{mine}/activity")).status_code == 200
    for method, path in (
        ("GET", f"/projects/{other}"),
        ("PATCH", f"/projects/{other}"),
        ("GET", f"/projects/{other}/activity"),
        ("GET", "/projects/x"),
        ("POST", "/projects"),
        ("GET", "/notifications"),
        ("GET", "/events"),
    ):
        assert_too_weak(await script.request(method, "/api/v1" + path, json={"name": "x"}))


async def test_a_limited_key_whose_projects_are_gone_opens_nothing(
    ann: BackendUser, program: Program
) -> None:
    mine, other = await ann.project("mine"), await ann.project("other")
    script = await program(ann, project_ids=[mine])
    await ann.client.delete(f"{PROJECTS}/{mine}")
    assert (await script.get(PROJECTS)).json()["items"] == []
    assert_too_weak(await script.get(f"{PROJECTS}/{other}"))
    assert (await ann.client.get(KEYS)).json()["items"][0]["project_ids"] == []


@pytest.mark.any_database
async def test_for_every_resource_it_was_decided_whether_keys_reach_it(backend: RunningBackend) -> None:
    async with backend.client() as client:
        document = (await client.get("/api/v1/openapi.json")).json()
    resources = {path.split("/")[3] for path in document["paths"] if path.startswith("/api/v1/")}
    assert resources - RESOURCES - SHUT == set()
    assert not RESOURCES & SHUT
