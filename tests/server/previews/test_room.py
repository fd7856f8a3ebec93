"""Who gets a token that publishes in a preview's room: the member who made the preview, while it lives."""

from __future__ import annotations

import time
from typing import Any

import httpx
import jwt
import pytest
from hivesync_contract.preview_token import preview_key
from hivesync_dev.servers.backend_user import BackendUser, preview_path
from hivesync_dev.servers.running_backend import MovableClock

pytestmark = pytest.mark.any_database


@pytest.fixture
async def preview(ann: BackendUser) -> dict[str, Any]:
    made: dict[str, Any] = (await ann.preview(await ann.project()))["preview"]
    return made


async def enter(user: BackendUser, preview: dict[str, Any], **headers: str) -> httpx.Response:
    return await user.client.post(f"{preview_path(preview)}/room", headers=headers)


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_its_maker_may_publish_for_ten_minutes_in_that_room_alone(
    ann: BackendUser, preview: dict[str, Any], environ: dict[str, str]
) -> None:
    answer = await enter(ann, preview)
    access = answer.json()
    assert access["url"] == f"{environ['WORKER_URL']}/p/{preview['id']}/room"
    claims = jwt.decode(access["token"], preview_key(None, environ["WORKER_SHARED_SECRET"]), ["HS256"])
    assert (claims["preview_id"], claims["user_id"]) == (preview["id"], ann.profile["id"])
    assert (claims["role"], claims["use"]) == ("publisher", "publish")
    assert 500 < claims["exp"] - time.time() <= 600


async def test_other_members_may_look_but_not_publish(
    ann: BackendUser, bob: BackendUser, preview: dict[str, Any]
) -> None:
    invites = f"/api/v1/projects/{preview['project_id']}/team/invites"
    invite = (await ann.client.post(invites, json={"username": bob.username})).json()
    (await bob.client.post(f"/api/v1/invites/{invite['id']}/accept")).raise_for_status()
    assert (await bob.get(preview))["id"] == preview["id"]
    assert code_of(await enter(bob, preview)) == (403, "FORBIDDEN")


async def test_for_strangers_there_is_no_room(
    ann: BackendUser, bob: BackendUser, preview: dict[str, Any]
) -> None:
    through_his = preview | {"project_id": await bob.project()}
    for asked in (preview, through_his):
        assert code_of(await enter(bob, asked)) == (404, "NOT_FOUND")


async def test_an_expired_preview_has_no_room(
    ann: BackendUser, preview: dict[str, Any], clock: MovableClock
) -> None:
    clock.advance(hours=25)
    await ann.sign_in()
    assert code_of(await enter(ann, preview)) == (410, "PREVIEW_EXPIRED")


async def test_a_deleted_preview_has_no_room(ann: BackendUser, preview: dict[str, Any]) -> None:
    (await ann.client.delete(preview_path(preview))).raise_for_status()
    assert code_of(await enter(ann, preview)) == (404, "NOT_FOUND")


async def test_the_room_of_a_build_that_runs_is_entered_all_the_same(
    ann: BackendUser, preview: dict[str, Any]
) -> None:
    """The agent comes before the first version is ready, and the backend knows of no other liveness."""
    assert (await ann.get(preview))["state"] == "uploading"
    assert (await enter(ann, preview)).status_code == 200


async def test_a_question_that_is_repeated_is_answered_alike(
    ann: BackendUser, preview: dict[str, Any], clock: MovableClock
) -> None:
    first = await enter(ann, preview, **{"Idempotency-Key": "room-1"})
    clock.advance(minutes=2)
    again = await enter(ann, preview, **{"Idempotency-Key": "room-1"})
    assert first.json() == again.json()
    assert (await enter(ann, preview)).json() != first.json()
