"""Tags of projects: kept as typed, told apart without their case, and what a list can be filtered by."""

from __future__ import annotations

from typing import Any

import pytest
from hivesync_dev.servers.backend_user import BackendUser

PROJECTS = "/api/v1/projects"


async def make(user: BackendUser, name: str, tags: list[str]) -> dict[str, Any]:
    answer = await user.client.post(PROJECTS, json={"name": name, "tags": tags})
    assert answer.status_code == 201, answer.text
    project: dict[str, Any] = answer.json()
    return project


async def test_tags_are_kept_changed_and_chosen_by(ann: BackendUser, bob: BackendUser) -> None:
    shop = await make(ann, "Shop", ["web", "Größe", "Beta"])
    app = await make(ann, "App", ["WEB"])
    await make(ann, "Plain", [])
    await make(bob, "Of another user", ["web"])
    assert shop["tags"] == ["Beta", "Größe", "web"]

    async def names(tag: str) -> list[str]:
        items = (await ann.client.get(PROJECTS, params={"tag": tag})).json()["items"]
        return [f"{item['name']}: {', '.join(item['tags'])}" for item in items]

    assert await names("Web") == ["App: WEB", "Shop: Beta, Größe, web"]
    assert await names(" GRÖSSE ") == ["Shop: Beta, Größe, web"]
    assert await names("we") == []
    path = f"{PROJECTS}/{shop['id']}"
    tag = (await ann.client.get(path)).headers["ETag"]
    changed = await ann.client.patch(path, json={"tags": ["beta", "Web"]}, headers={"If-Match": tag})
    assert (changed.json()["tags"], (await ann.client.get(path)).json()) == (["beta", "Web"], changed.json())
    stale = await ann.client.patch(path, json={"tags": []}, headers={"If-Match": tag})
    assert stale.status_code == 412
    assert (await ann.client.patch(path, json={"name": "Store"})).json()["tags"] == ["beta", "Web"]
    entries = (await ann.client.get(f"{path}/activity")).json()["items"]
    assert [entry["data"] for entry in entries[:2]] == [{"name": "Store"}, {"tags": "beta, Web"}]
    assert (await ann.client.patch(path, json={"tags": None})).json()["tags"] == []
    assert await names("web") == ["App: WEB"]
    assert (await ann.client.delete(f"{PROJECTS}/{app['id']}")).status_code == 204
    assert await names("web") == []
    # Members see and change them, strangers do not even learn of them.
    assert (await bob.client.patch(path, json={"tags": ["x"]})).status_code == 404


@pytest.mark.any_database
async def test_senseless_tags_are_refused(ann: BackendUser) -> None:
    path = f"{PROJECTS}/{await ann.project()}"
    too_many = [str(number) for number in range(21)]
    bad = (["a", "A"], ["STRASSE", "straße"], [""], [" "], ["x" * 51], ["a\nb"], [1], "a", too_many)
    for tags in bad:
        for answer in (
            await ann.client.patch(path, json={"tags": tags}),
            await ann.client.post(PROJECTS, json={"name": "x", "tags": tags}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR"), tags
    full = [f"{number:050}" for number in range(20)]
    assert (await ann.client.patch(path, json={"tags": full})).json()["tags"] == full
    assert (await ann.client.get(PROJECTS, params={"tag": "x" * 51})).status_code == 422


async def test_tags_have_an_address_of_their_own(ann: BackendUser, bob: BackendUser) -> None:
    project = f"{PROJECTS}/{(await make(ann, 'Shop', ['web']))['id']}"
    path = f"{project}/tags"
    assert (await ann.client.get(path)).json() == {"tags": ["web"]}
    assert (await ann.client.put(path, json={"tags": ["WEB", "a/b"]})).json() == {"tags": ["a/b", "WEB"]}
    assert (await ann.client.get(project)).json()["tags"] == ["a/b", "WEB"]
    assert (await ann.client.put(path, json={"tags": ["a", "A"]})).status_code == 422
    strangers = [await bob.client.get(path), await bob.client.put(path, json={"tags": []})]
    assert [answer.status_code for answer in strangers] == [404, 404]
