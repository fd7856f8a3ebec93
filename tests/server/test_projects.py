"""Projects: made, listed, changed and deleted by their owner, and unseen by everyone else."""

from __future__ import annotations

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser

PROJECTS = "/api/v1/projects"


async def test_a_project_is_made_and_read(ann: BackendUser) -> None:
    answer = await ann.client.post(PROJECTS, json={"name": " Shop ", "description": "Line\nby line"})
    assert answer.status_code == 201
    project = answer.json()
    assert project["name"] == "Shop"
    assert project["owner_id"] == ann.profile["id"]
    assert project["created_at"].endswith("Z")
    assert (await ann.client.get(answer.headers["location"])).json() == project


async def test_lists_are_walked_by_cursor_newest_first(ann: BackendUser) -> None:
    made = [await ann.project(f"P{number}") for number in range(5)]
    seen: list[str] = []
    cursor = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await ann.client.get(PROJECTS, params=query)).json()
        seen += [project["id"] for project in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]


@pytest.mark.any_database
@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"limit": "x"}, {"cursor": "nonsense"}])
async def test_a_senseless_page_is_refused(ann: BackendUser, query: dict[str, str]) -> None:
    answer = await ann.client.get(PROJECTS, params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == next(iter(query))


async def test_a_merge_patch_changes_what_it_names(ann: BackendUser) -> None:
    path = f"{PROJECTS}/{await ann.project()}"
    await ann.client.patch(path, json={"description": "About"})
    changed = (await ann.client.patch(path, json={"name": "Store"})).json()
    assert (changed["name"], changed["description"]) == ("Store", "About")
    cleared = (await ann.client.patch(path, json={"description": None})).json()
    assert cleared["description"] == ""
    assert cleared["updated_at"] > cleared["created_at"]


@pytest.mark.any_database
async def test_a_name_can_not_be_cleared(ann: BackendUser) -> None:
    answer = await ann.client.patch(f"{PROJECTS}/{await ann.project()}", json={"name": None})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "name")


@pytest.mark.any_database
async def test_a_merge_patch_may_name_its_own_type(ann: BackendUser) -> None:
    headers = {"Content-Type": "application/merge-patch+json"}
    path = f"{PROJECTS}/{await ann.project()}"
    answer = await ann.client.patch(path, content=b'{"name": "Store"}', headers=headers)
    assert answer.json()["name"] == "Store"


async def test_a_stale_change_is_refused(ann: BackendUser) -> None:
    path = f"{PROJECTS}/{await ann.project()}"
    tag = (await ann.client.get(path)).headers["etag"]
    first = await ann.client.patch(path, json={"name": "One"}, headers={"If-Match": tag})
    assert first.status_code == 200
    second = await ann.client.patch(path, json={"name": "Two"}, headers={"If-Match": tag})
    assert (second.status_code, second.json()["code"]) == (412, "PRECONDITION_FAILED")
    assert (await ann.client.get(path)).json()["name"] == "One"


async def test_an_unchanged_answer_is_not_sent_again(ann: BackendUser) -> None:
    path = f"{PROJECTS}/{await ann.project()}"
    tag = (await ann.client.get(path)).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = await ann.client.get(path, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
    await ann.client.patch(path, json={"name": "New"})
    assert (await ann.client.get(path, headers={"If-None-Match": tag})).status_code == 200


async def test_a_deleted_project_is_gone(ann: BackendUser) -> None:
    path = f"{PROJECTS}/{await ann.project()}"
    assert (await ann.client.delete(path)).status_code == 204
    assert (await ann.client.get(path)).status_code == 404


@pytest.mark.any_database
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 121},
        {"name": "two\nlines"},
        {"name": "nul\0"},
        {"name": "ok", "description": "\0"},
        {"name": "ok", "owner_id": "01890000-0000-7000-8000-000000000000"},
        {"name": 1},
        ["name"],
    ],
)
async def test_a_senseless_project_is_refused(ann: BackendUser, body: object) -> None:
    answer = await ann.client.post(PROJECTS, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("method", "below"),
    [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/previews"), ("POST", "/previews")],
)
async def test_a_project_of_another_is_not_there(
    ann: BackendUser, bob: BackendUser, method: str, below: str
) -> None:
    path = f"{PROJECTS}/{await ann.project()}"
    body = {"kind": "web", "entry": "a", "files": [{"path": "a", "size": 1, "sha256": "0" * 64}]}
    sent = {"PATCH": {"name": "Mine now"}, "POST": body}.get(method)
    answer = await bob.client.request(method, path + below, json=sent)
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert (await ann.client.get(path)).json()["name"] == "Shop"
    assert (await bob.client.get(PROJECTS)).json()["items"] == []


async def test_nothing_is_there_without_a_token(ann: BackendUser, client: httpx.AsyncClient) -> None:
    path = f"{PROJECTS}/{await ann.project()}"
    for method in ("GET", "PATCH", "DELETE"):
        assert (await client.request(method, path, json={"name": "x"})).status_code == 401
