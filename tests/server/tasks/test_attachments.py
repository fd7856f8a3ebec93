"""Files of tasks: sent to the object store and fetched from it, shown to members."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hivesync_contract.identity import Tier
from hivesync_contract.limits import ATTACHMENT_BYTES, ATTACHMENT_PART_BYTES, ATTACHMENT_SINGLE_BYTES
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_dev.servers.s3 import ARTIFACTS_BUCKET, S3Server
from hivesync_dev.waiting import until
from hivesync_server import operations
from hivesync_server.adapters.ids import new_id
from hivesync_server.settings import Settings
from hivesync_server.tasks.attachments.service import PER_TASK
from hivesync_server.tasks.attachments.tables import AttachmentRow
from sqlalchemy import select

from .conftest import Board
from .shelf import LARGE, SVG, Shelf, announced, is_gone, key, log, told


async def test_a_file_is_attached_fetched_and_deleted(
    shelf: Shelf, ann: BackendUser, bob: BackendUser, backend: RunningBackend, s3: S3Server
) -> None:
    bobs = shelf.as_seen_by(bob)
    created = await bobs.begin()
    mine = created["attachment"]
    assert (mine["state"], mine["uploader_id"], mine["ready_at"]) == ("uploading", bob.profile["id"], None)
    # Nobody else sees it before it is there.
    assert (await bobs.names(), await shelf.names()) == (["drawing.svg"], [])
    assert (await shelf.ask("GET", f"/{mine['id']}")).status_code == 404
    assert (await bobs.ask("GET", f"/{mine['id']}")).json()["url"] is None
    await bobs.send(created)
    ready = (await bobs.complete(created)).json()
    assert ready == mine | {"state": "ready", "ready_at": ready["ready_at"]}
    assert await shelf.names() == ["drawing.svg"]

    shown = (await shelf.ask("GET", f"/{mine['id']}")).json()
    assert shown["attachment"] == ready
    file = await shelf.browser.get(shown["url"])
    assert (file.content, file.headers["content-type"]) == (SVG, "application/octet-stream")
    assert file.headers["content-disposition"].startswith('attachment; filename="drawing.svg"')

    assert (await shelf.ask("DELETE", f"/{mine['id']}")).status_code == 204
    assert (await shelf.ask("GET", f"/{mine['id']}")).status_code == 404
    await until(lambda: is_gone(s3, mine))
    assert await log(shelf.board, shelf.task_id) == [
        ("created", None),
        ("attached", "drawing.svg"),
        ("detached", "drawing.svg"),
    ]
    assert [await told(backend, user) for user in (ann, bob)] == [2, 2]


async def test_a_large_file_goes_in_parts_and_a_lost_answer_does_no_harm(
    shelf: Shelf, backend: RunningBackend, s3: S3Server
) -> None:
    created = await shelf.begin("film.mp4", LARGE)
    assert [part["size"] for part in created["upload"]["parts"]] == [ATTACHMENT_PART_BYTES] * 2 + [3]
    parts = await shelf.send(created, LARGE)
    for wrong in ([], parts[:2], [*parts[:2], parts[0]], [*parts[:2], parts[2] | {"number": 4}]):
        assert (await shelf.complete(created, wrong)).status_code == 422
    unknown = [*parts[:2], parts[2] | {"etag": '"unknown"'}]
    assert (await shelf.complete(created, unknown)).status_code == 409
    assert await log(shelf.board, shelf.task_id) == [("created", None)]
    answers = await asyncio.gather(*(shelf.complete(created, parts[::-1]) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [200] * 3
    # One of them attached it; R2 tells the others that there is no such upload any more.
    assert (await log(shelf.board, shelf.task_id))[1:] == [("attached", "film.mp4")]
    assert s3.read(key(created["attachment"]), ARTIFACTS_BUCKET) == LARGE
    async with backend.resources.database.transaction(writes=False) as transaction:
        assert await transaction.session.scalar(select(AttachmentRow.upload_id)) is None


@pytest.mark.any_database
async def test_only_the_announced_bytes_are_taken(shelf: Shelf) -> None:
    created = await shelf.begin()
    assert (await shelf.complete(created)).status_code == 409
    put = created["upload"]["put"]
    for wrong in (SVG[::-1], SVG + b" "):
        assert (await shelf.browser.put(put["url"], content=wrong, headers=put["headers"])).is_client_error
    as_page = put["headers"] | {"content-type": "text/html"}
    assert (await shelf.browser.put(put["url"], content=SVG, headers=as_page)).status_code == 403
    answer = await shelf.complete(created)
    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")
    assert await shelf.names() == ["drawing.svg"]


@pytest.mark.any_database
async def test_sizes_are_limited_by_tier_and_for_all(shelf: Shelf, settings: Settings) -> None:
    await operations.set_tier(settings, "ann", Tier.FREE)
    five = 5 * 1024 * 1024
    body = announced("a.bin", b"x")
    answer = await shelf.ask("POST", "", body | {"size": five + 1})
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["limit"], problem["used"]) == (
        *(402, "TIER_LIMIT"),
        *(five, five + 1),
    )
    assert (await shelf.ask("POST", "", body | {"size": five})).status_code == 201
    await operations.set_tier(settings, "ann", Tier.PREMIUM)
    answer = await shelf.ask("POST", "", body | {"size": ATTACHMENT_BYTES + 1})
    assert (answer.status_code, answer.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")
    for size, md5s in ((ATTACHMENT_SINGLE_BYTES + 1, 0), (ATTACHMENT_BYTES, 12), (1, 1)):
        answer = await shelf.ask("POST", "", body | {"size": size, "part_md5s": ["0" * 32] * md5s})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "part_md5s")


@pytest.mark.any_database
async def test_bad_input_is_refused(shelf: Shelf) -> None:
    path = f"{shelf.board.root}/{shelf.task_id}/attachments"
    bad: tuple[dict[str, Any], ...] = (
        *({"name": name} for name in ("", "..", "a/", "\u202e", "\ud800", "x" * 1025, None, 1)),
        *({"size": size} for size in (0, -1, "1", 1.5, True, 2**60)),
        *({"sha256": hash_} for hash_ in ("", "0" * 63, "g" * 64)),
        *({"content_type": kind} for kind in ("", "html", "text/html; x=1", "a/b\r\nx: y", "a/" + "b" * 127)),
        *({"part_md5s": md5s} for md5s in (["0"], ["0" * 32] * 14)),
        *({name: "x"} for name in ("id", "state", "uploader_id", "upload_id")),
    )
    for changed in bad:
        # As text: httpx would not send half of a character.
        body = json.dumps(announced("a.txt", b"x") | changed)
        headers = {"Content-Type": "application/json"}
        answer = await shelf.board.user.client.post(path, content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR"), changed
    assert await shelf.names() == []


@pytest.mark.any_database
async def test_a_stranger_finds_nothing_and_a_member_deletes_only_their_own(
    shelf: Shelf, ann: BackendUser, bob: BackendUser, sign_up: Any
) -> None:
    cid = await sign_up("cid")
    attachment = await shelf.attach()
    other_task = Shelf(shelf.board, (await shelf.board.add("Other"))["id"], shelf.browser)
    foreign_board = Board(cid, await cid.project())
    foreign = Shelf(foreign_board, (await foreign_board.add("Mine"))["id"], shelf.browser)
    routes = [
        ("GET", ""),
        ("POST", ""),
        ("GET", f"/{attachment['id']}"),
        ("POST", f"/{attachment['id']}/complete"),
        ("DELETE", f"/{attachment['id']}"),
    ]
    for method, below in routes:
        body = announced("a", b"x") if (method, below) == ("POST", "") else None
        stranger = await shelf.as_seen_by(cid).ask(method, below, body)
        assert (stranger.status_code, stranger.json()["code"]) == (404, "NOT_FOUND")
        # Nor by the address of a task of one's own, or of another task of the same project.
        through = Shelf(foreign_board, shelf.task_id, shelf.browser)
        assert (await through.ask(method, below, body)).status_code == 404
        if below:
            assert (await foreign.ask(method, below)).status_code == 404
            assert (await other_task.ask(method, below)).status_code == 404
    refused = await shelf.as_seen_by(bob).ask("DELETE", f"/{attachment['id']}")
    assert (refused.status_code, refused.json()["code"]) == (403, "FORBIDDEN")
    bobs = await shelf.as_seen_by(bob).attach("bob.txt")
    assert await shelf.names() == ["bob.txt", "drawing.svg"]
    assert (await shelf.ask("DELETE", f"/{bobs['id']}")).status_code == 204
    # Bob can't complete what Ann has begun.
    begun = await shelf.begin("begun")
    assert (await shelf.as_seen_by(bob).complete(begun)).status_code == 404


async def test_a_repeated_request_attaches_one_file(shelf: Shelf) -> None:
    headers = {"Idempotency-Key": "once"}
    answers = [await shelf.ask("POST", "", announced("a", b"x"), headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(await shelf.names()) == 1


async def test_a_task_has_room_for_so_many(shelf: Shelf, backend: RunningBackend) -> None:
    async with backend.resources.database.transaction() as transaction:
        for _ in range(PER_TASK - 1):
            row = AttachmentRow(id=new_id(), task_id=shelf.task_id, name="x", size=1, sha256="0" * 64)
            row.content_type, row.state, row.created_at = "a/b", "ready", backend.clock()
            transaction.session.add(row)
    answers = await asyncio.gather(*(shelf.ask("POST", "", announced("a", b"x")) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


@pytest.mark.any_database
async def test_keys_reach_the_files_of_their_projects(shelf: Shelf, backend: RunningBackend) -> None:
    attachment = await shelf.attach()
    path = f"{shelf.board.root}/{shelf.task_id}/attachments"
    project, other = shelf.board.project_id, await shelf.board.user.project("Other")
    for changed, statuses in (
        ({"scope": "read"}, (200, 403)),
        ({"scope": "write", "project_ids": [project]}, (200, 201)),
        ({"scope": "write", "project_ids": [other]}, (403, 403)),
    ):
        created = await shelf.board.user.api_key(**changed)
        async with backend.client(headers={"Authorization": f"Bearer {created['key']}"}) as script:
            fetched = await script.get(f"{path}/{attachment['id']}")
            begun = await script.post(path, json=announced("a", b"x"))
        assert (fetched.status_code, begun.status_code) == statuses
