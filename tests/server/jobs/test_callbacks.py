"""Callbacks: only the Worker's, only once, only for the present attempt."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx
import msgspec
import pytest
from hivesync_contract.errors import ErrorCode
from hivesync_contract.jobs import CallbackError, JobStatus
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, message_id, success
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server.settings import load


async def only_preview(user: BackendUser) -> dict[str, object]:
    project = (await user.client.get("/api/v1/projects")).json()["items"][0]
    previews = await user.client.get(f"/api/v1/projects/{project['id']}/previews")
    preview: dict[str, object] = previews.json()["items"][0]
    return preview


@pytest.mark.any_database
@pytest.mark.parametrize("prefix", ["", "/api/v1"])
async def test_the_callback_has_two_addresses(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter, client: httpx.AsyncClient, prefix: str
) -> None:
    callback = success((await ann.queued(worker)).job)
    body = msgspec.json.encode(callback)
    answer = await client.post(
        f"{prefix}/workers/callback", content=body, headers=reporter.headers(body, message_id(callback))
    )
    assert answer.json() == {"applied": True}


@pytest.mark.any_database
@pytest.mark.parametrize(
    "bent",
    [
        {"authorization": ""},
        {"authorization": "Bearer nonsense"},
        {"webhook_signature": ""},
        {"webhook_signature": "v1,AAAA"},
        {"webhook_signature": "v1a,AAAA"},
        {"webhook_id": ""},
        {"webhook_id": "another"},
        {"webhook_timestamp": ""},
        {"webhook_timestamp": "1"},
        {"webhook_timestamp": "١٢٣"},
    ],
)
async def test_a_forged_callback_changes_nothing(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter, bent: dict[str, str]
) -> None:
    callback = success((await ann.queued(worker)).job)
    answer = await reporter.report(callback, **bent)
    assert (answer.status_code, answer.json()["code"]) == (401, "WORKER_SIGNATURE_INVALID")
    assert (await only_preview(ann))["state"] == "building"


@pytest.mark.any_database
async def test_the_secret_alone_and_the_signature_alone_are_not_enough(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter
) -> None:
    callback = success((await ann.queued(worker)).job)
    signed_by_another = replace(reporter, secret="another secret of some length....")
    assert (await signed_by_another.report(callback, authorization=reporter.secret)).status_code == 401
    assert (await reporter.report(callback, authorization="another secret of some length")).status_code == 401
    assert (await reporter.report(callback)).status_code == 200


@pytest.mark.any_database
async def test_an_altered_body_is_refused(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter, client: httpx.AsyncClient
) -> None:
    callback = success((await ann.queued(worker)).job)
    body = msgspec.json.encode(callback)
    headers = reporter.headers(body, message_id(callback))
    altered = body.replace(b"SUCCESS", b"FAIL")
    assert (await client.post("/workers/callback", content=altered, headers=headers)).status_code == 401


@pytest.mark.any_database
@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_signature_ends_after_five_minutes(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter, clock: MovableClock, minutes: int
) -> None:
    callback = success((await ann.queued(worker)).job)
    body = msgspec.json.encode(callback)
    headers = reporter.headers(body, message_id(callback))
    clock.advance(minutes=minutes)
    answer = await reporter.client.post("/workers/callback", content=body, headers=headers)
    assert answer.status_code == 401


async def test_a_repeated_callback_has_no_second_effect(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter
) -> None:
    callback = success((await ann.queued(worker)).job)
    answers = await asyncio.gather(*(reporter.report(callback) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    assert sorted(answer.json()["applied"] for answer in answers) == [False] * 4 + [True]


async def test_what_is_final_stays(ann: BackendUser, worker: FakeWorker, reporter: Reporter) -> None:
    callback = success((await ann.queued(worker)).job)
    await reporter.report(callback)
    failed = replace(
        callback, status=JobStatus.FAIL, error=CallbackError(ErrorCode.PREVIEW_BUILD_FAILED, "x")
    )
    assert (await reporter.report(failed)).json() == {"applied": False}
    assert (await only_preview(ann))["state"] == "ready"


async def test_a_failed_build_names_its_place(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter
) -> None:
    error = CallbackError(
        ErrorCode.PREVIEW_BUILD_FAILED, "Unexpected }", "src/App.tsx", 3, 7, "  }", "Look up"
    )
    callback = success((await ann.queued(worker)).job)
    await reporter.report(replace(callback, status=JobStatus.FAIL, error=error, artifact_keys=[]))
    preview = await only_preview(ann)
    assert preview["state"] == "failed"
    assert preview["error"] == {
        "code": "PREVIEW_BUILD_FAILED",
        "message": "Unexpected }",
        "diagnostic": {
            "message": "Unexpected }",
            "file": "src/App.tsx",
            "line": 3,
            "column": 7,
            "frame": "  }",
            "hint": "Look up",
        },
    }


@pytest.mark.any_database
async def test_a_callback_for_an_unknown_job_is_not_found(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter
) -> None:
    callback = success((await ann.queued(worker)).job)
    unknown = replace(callback, job_id="01890000-0000-7000-8000-000000000000")
    assert (await reporter.report(unknown)).status_code == 404
    assert (await reporter.report(replace(callback, job_id="../x"))).status_code == 422


@pytest.mark.any_database
@pytest.mark.parametrize(
    "changed",
    [
        {"status": "MAYBE"},
        {"kind": "ai.docs"},
        {"attempt": "one"},
        {"extra": 1},
        {"artifact_keys": ["previews/01890000-0000-7000-8000-000000000000/v1/index.html"]},
        {"artifact_keys": ["previews/../x"]},
        {"result": {"sources_stored": True, "artifact_bytes": 1, "tier": "premium"}},
        {"error": {"code": "NOT_A_CODE", "message": "x"}},
    ],
)
async def test_a_signed_callback_of_another_shape_is_refused(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter, changed: dict[str, object]
) -> None:
    callback = success((await ann.queued(worker)).job)
    body = msgspec.json.encode(msgspec.to_builtins(callback) | changed)
    answer = await reporter.send(body, message_id(callback))
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
    assert (await only_preview(ann))["state"] == "building"


@pytest.mark.any_database
async def test_a_signed_callback_that_says_two_things_is_refused(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter
) -> None:
    callback = success((await ann.queued(worker)).job)
    body = msgspec.json.encode(callback).replace(b'{"', b'{"status":"FAIL","', 1)
    answer = await reporter.send(body, message_id(callback))
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
    assert "'status' more than once" in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000, b"1" * 5_000], ids=len)
async def test_a_signed_body_that_can_not_be_read_is_refused(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter, body: bytes
) -> None:
    callback = success((await ann.queued(worker)).job)
    answer = await reporter.send(body, message_id(callback))
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")


@pytest.mark.any_database
async def test_a_callback_is_bound_to_its_message(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter
) -> None:
    callback = success((await ann.queued(worker)).job)
    answer = await reporter.send(msgspec.json.encode(callback), f"{callback.job_id}.9.done")
    assert answer.status_code == 422


@pytest.mark.any_database
async def test_the_previous_secret_is_believed_during_a_rotation(
    ann: BackendUser, worker: FakeWorker, backend: RunningBackend, environ: dict[str, str]
) -> None:
    callback = success((await ann.queued(worker)).job)
    rotated = environ | {
        "WORKER_SHARED_SECRET": "n" * 40,
        "WORKER_SHARED_SECRET_PREVIOUS": environ["WORKER_SHARED_SECRET"],
    }
    async with RunningBackend(load(rotated)) as restarted, restarted.client() as client:
        for secret, applied in ((environ["WORKER_SHARED_SECRET"], True), ("n" * 40, False)):
            answer = await Reporter(client, secret).report(callback)
            assert answer.json() == {"applied": applied}
        assert (await Reporter(client, "o" * 40).report(callback)).status_code == 401
