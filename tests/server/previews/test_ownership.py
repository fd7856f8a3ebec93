"""A preview of another user, or of another project, is not there."""

from __future__ import annotations

import pytest
from hivesync_dev.servers.backend_user import SOURCE, BackendUser, manifest, preview_path

CALLS = [("GET", ""), ("DELETE", ""), ("POST", "/complete"), ("POST", "/versions")]


@pytest.mark.parametrize(("method", "below"), CALLS)
async def test_a_preview_of_another_user_is_not_there(
    ann: BackendUser, bob: BackendUser, method: str, below: str
) -> None:
    preview = (await ann.preview(await ann.project()))["preview"]
    body = manifest(SOURCE) if below == "/versions" else None
    through_hers = preview_path(preview) + below
    through_his = preview_path(preview | {"project_id": await bob.project()}) + below
    for path in (through_hers, through_his):
        answer = await bob.client.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert (await ann.get(preview))["state"] == "uploading"


async def test_sources_of_another_project_are_asked_for_again(ann: BackendUser, bob: BackendUser) -> None:
    # Else the answer would tell bob which files ann has.
    await ann.preview(await ann.project())
    created = await bob.preview(await bob.project())
    assert len(created["uploads"]["packs"][0]["sha256s"]) == len(SOURCE)


async def test_a_deleted_preview_is_gone(ann: BackendUser) -> None:
    preview = (await ann.preview(await ann.project()))["preview"]
    assert (await ann.client.delete(preview_path(preview))).status_code == 204
    assert (await ann.client.get(preview_path(preview))).status_code == 404


async def test_previews_are_listed_newest_first(ann: BackendUser) -> None:
    project_id = await ann.project()
    made = [(await ann.preview(project_id))["preview"]["id"] for _ in range(3)]
    page = (await ann.client.get(f"/api/v1/projects/{project_id}/previews", params={"limit": 2})).json()
    assert [preview["id"] for preview in page["items"]] == made[:0:-1]
    assert page["next_cursor"]
