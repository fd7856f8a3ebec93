"""Favourites: each user's own, and no change of the project."""

from __future__ import annotations

import asyncio

import pytest
from hivesync_dev.servers.backend_user import BackendUser

PROJECTS = "/api/v1/projects"


async def test_a_project_is_put_at_hand_and_away(ann: BackendUser) -> None:
    path = f"{PROJECTS}/{await ann.project()}/favorite"
    assert (await ann.client.get(path)).json() == {"favorite": False}
    for _ in range(2):
        assert (await ann.client.put(path)).json() == {"favorite": True}
    assert (await ann.client.get(path)).json() == {"favorite": True}
    for _ in range(2):
        assert (await ann.client.delete(path)).json() == {"favorite": False}
    assert (await ann.client.get(path)).json() == {"favorite": False}


async def test_many_at_once_are_one(ann: BackendUser) -> None:
    path = f"{PROJECTS}/{await ann.project()}/favorite"
    answers = await asyncio.gather(*(ann.client.put(path) for _ in range(8)))
    assert [answer.status_code for answer in answers] == [200] * 8


async def test_lists_choose_by_it(ann: BackendUser) -> None:
    plain, liked = await ann.project("plain"), await ann.project("liked")
    await ann.client.put(f"{PROJECTS}/{liked}/favorite")
    for query, wanted in (("?favorite=true", [liked]), ("?favorite=false", [plain]), ("", [liked, plain])):
        items = (await ann.client.get(PROJECTS + query)).json()["items"]
        assert [item["id"] for item in items] == wanted


async def test_it_makes_no_other_change_outdated(ann: BackendUser) -> None:
    path = f"{PROJECTS}/{await ann.project()}"
    tag = (await ann.client.get(path)).headers["etag"]
    await ann.client.put(f"{path}/favorite")
    answer = await ann.client.patch(path, json={"name": "New"}, headers={"If-Match": tag})
    assert answer.status_code == 200


async def test_it_goes_with_the_project(ann: BackendUser) -> None:
    path = f"{PROJECTS}/{await ann.project()}"
    await ann.client.put(f"{path}/favorite")
    assert (await ann.client.delete(path)).status_code == 204
    assert (await ann.client.get(f"{path}/favorite")).status_code == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_project_of_another_is_not_there(ann: BackendUser, bob: BackendUser, method: str) -> None:
    path = f"{PROJECTS}/{await ann.project()}/favorite"
    answer = await bob.client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
