"""Files of tasks go with what they belong to, and an upload that comes to nothing leaves nothing."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_dev.servers.s3 import ARTIFACTS_BUCKET, S3Server
from hivesync_dev.servers.unsteady_link import UnsteadyLink
from hivesync_dev.waiting import until
from hivesync_server.auth.tables import UserRow
from hivesync_server.settings import load
from sqlalchemy import delete

from .conftest import Board
from .shelf import LARGE, SVG, Shelf, announced, is_aborted, is_gone, key


@pytest.mark.parametrize("what", ["task", "project", "account"])
async def test_objects_go_with_whatever_they_belonged_to(
    shelf: Shelf, ann: BackendUser, backend: RunningBackend, s3: S3Server, what: str
) -> None:
    attachment = await shelf.attach()
    if what == "task":
        await shelf.board.ask("DELETE", f"/{shelf.task_id}")
    elif what == "project":
        await ann.client.delete(f"/api/v1/projects/{shelf.board.project_id}")
    else:
        async with backend.resources.database.transaction() as transaction:
            await transaction.session.execute(delete(UserRow).where(UserRow.id == ann.profile["id"]))
    backend.wake_deleter()
    await until(lambda: is_gone(s3, attachment))


async def test_a_file_outlives_its_uploader(
    shelf: Shelf, bob: BackendUser, backend: RunningBackend, s3: S3Server
) -> None:
    attachment = await shelf.as_seen_by(bob).attach()
    async with backend.resources.database.transaction() as transaction:
        await transaction.session.execute(delete(UserRow).where(UserRow.id == bob.profile["id"]))
    shown = (await shelf.ask("GET", f"/{attachment['id']}")).json()
    assert shown["attachment"]["uploader_id"] is None
    assert (await shelf.browser.get(shown["url"])).content == SVG


async def test_an_upload_that_is_given_up_leaves_nothing(
    shelf: Shelf, backend: RunningBackend, clock: MovableClock, s3: S3Server
) -> None:
    ready = await shelf.attach("stays.svg")
    created = await shelf.begin("film.mp4", LARGE)
    await shelf.send(created, LARGE)
    assert key(created["attachment"]) in s3.open_uploads(ARTIFACTS_BUCKET)
    clock.advance(hours=23)
    backend.wake_deleter()
    await asyncio.sleep(0.1)
    assert key(created["attachment"]) in s3.open_uploads(ARTIFACTS_BUCKET)
    clock.advance(hours=1, minutes=1)
    backend.wake_deleter()

    async def is_aborted() -> bool:
        return key(created["attachment"]) not in s3.open_uploads(ARTIFACTS_BUCKET)

    await until(is_aborted)
    assert s3.has(key(ready), ARTIFACTS_BUCKET)


@pytest.mark.any_database
async def test_an_upload_that_is_deleted_does_not_come_back(
    shelf: Shelf, backend: RunningBackend, clock: MovableClock, s3: S3Server
) -> None:
    small, large = await shelf.begin(), await shelf.begin("film.mp4", LARGE)
    parts = await shelf.send(large, LARGE)
    for created in (small, large):
        assert (await shelf.ask("DELETE", f"/{created['attachment']['id']}")).status_code == 204
    await until(lambda: is_aborted(s3, large))
    # The address is still good, so the object is there again; but only until no upload can be under way.
    await shelf.send(small)
    assert s3.has(key(small["attachment"]), ARTIFACTS_BUCKET)
    assert (await shelf.complete(small)).status_code == 404
    assert (await shelf.complete(large, parts)).status_code == 404
    clock.advance(hours=2)
    backend.wake_deleter()
    await until(lambda: is_gone(s3, small["attachment"]))
    assert not s3.has(key(large["attachment"]), ARTIFACTS_BUCKET)


async def test_completing_and_deleting_at_once_leaves_no_object_behind(
    shelf: Shelf, backend: RunningBackend, clock: MovableClock, s3: S3Server
) -> None:
    created = await shelf.begin()
    await shelf.send(created)
    path = f"/{created['attachment']['id']}"
    completed, deleted = await asyncio.gather(shelf.complete(created), shelf.ask("DELETE", path))
    assert (completed.status_code in (200, 404), deleted.status_code) == (True, 204)
    assert await shelf.names() == []
    clock.advance(hours=2)
    backend.wake_deleter()
    await until(lambda: is_gone(s3, created["attachment"]))


async def test_while_the_store_is_away_nothing_is_kept_and_later_it_works(
    environ: dict[str, str], clock: MovableClock, s3: S3Server, browser: httpx.AsyncClient
) -> None:
    with UnsteadyLink(int(s3.endpoint.rsplit(":", 1)[1])) as link:
        settings = load(environ | {"R2_ENDPOINT": f"http://127.0.0.1:{link.port}"})
        async with RunningBackend(settings, clock) as backend, backend.client() as client:
            ann = await BackendUser(client, "ann").sign_up()
            board = Board(ann, await ann.project())
            shelf = Shelf(board, (await board.add("Fix it"))["id"], browser)
            small = await shelf.begin()
            await shelf.send(small)
            link.refuse()
            once = {"Idempotency-Key": "once"}
            for answer in (
                await shelf.ask("POST", "", announced("film.mp4", LARGE), headers=once),
                await shelf.complete(small),
            ):
                assert (answer.status_code, answer.json()["code"]) == (503, "UPSTREAM_UNREACHABLE")
            assert await shelf.names() == ["drawing.svg"]
            link.heal()
            assert (await shelf.complete(small)).status_code == 200
            answer = await shelf.ask("POST", "", announced("film.mp4", LARGE), headers=once)
            assert answer.status_code == 201
