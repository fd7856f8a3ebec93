"""Members see a project; only its owner may end it."""

from __future__ import annotations

from datetime import UTC, datetime

from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.team.repository import TeamRepository

PROJECTS = "/api/v1/projects"


async def _join(backend: RunningBackend, user: BackendUser, project: str) -> None:
    async with backend.resources.database.transaction() as transaction:
        await TeamRepository(transaction.session).add(project, user.profile["id"], datetime.now(UTC))


async def test_a_member_sees_and_changes_it_but_does_not_delete_it(
    ann: BackendUser, bob: BackendUser, backend: RunningBackend
) -> None:
    shared, own = await ann.project("shared"), await bob.project("own")
    path = f"{PROJECTS}/{shared}"
    assert (await bob.client.get(path)).status_code == 404
    await _join(backend, bob, shared)
    listed = (await bob.client.get(PROJECTS)).json()["items"]
    assert [item["id"] for item in listed] == sorted([shared, own], reverse=True)
    assert (await bob.client.patch(path, json={"name": "ours"})).json()["name"] == "ours"
    answer = await bob.client.delete(path)
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert (await ann.client.delete(path)).status_code == 204


async def test_a_stranger_learns_nothing_by_deleting(ann: BackendUser, bob: BackendUser) -> None:
    assert (await bob.client.delete(f"{PROJECTS}/{await ann.project()}")).status_code == 404
