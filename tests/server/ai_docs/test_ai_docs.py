"""AI documentation: asked for once, made by the Worker, kept by the file's hash, told to who asked."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hivesync_contract.errors import ErrorCode
from hivesync_contract.identity import Tier
from hivesync_contract.jobs import CallbackError, JobStatus
from hivesync_dev.servers.backend_user import GREETING, BackendUser
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, documented
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_dev.servers.s3 import S3Server
from hivesync_dev.waiting import until
from hivesync_server import operations
from hivesync_server.jobs.tables import JobRow
from hivesync_server.settings import Settings
from sqlalchemy import select


async def asked(user: BackendUser, project_id: str, content: str = GREETING, **more: Any) -> dict[str, Any]:
    answer = await user.ask_docs(project_id, content, **more)
    assert answer.status_code == 202, answer.text
    docs: dict[str, Any] = answer.json()
    return docs


async def shown(user: BackendUser, docs: dict[str, Any]) -> dict[str, Any]:
    answer = await user.client.get(f"/api/v1/projects/{docs['project_id']}/ai-docs/{docs['id']}")
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


async def heard(user: BackendUser, kind: str, last: str) -> list[dict[str, Any]]:
    """Give the data of all events of a kind, until `last` is the state told."""
    found: list[dict[str, Any]] = []
    async with user.client.stream("GET", "/api/v1/events", headers={"Last-Event-ID": "0"}) as answer:
        event = ""
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                event = value
            if name == "data" and event == kind:
                found.append(json.loads(value))
                if found[-1]["ai_docs"]["state"] == last:
                    return found
    raise AssertionError("the stream ended")


async def test_a_file_is_documented_once_and_then_known(
    ann: BackendUser, bob: BackendUser, worker: FakeWorker, reporter: Reporter, s3: S3Server
) -> None:
    project_id = await ann.project()
    selection = {"line_start": 1, "line_end": 1}
    neighbour = {"path": "main.js", "relation": "imported_by", "content": "greet()", "truncated": False}
    context = {
        "neighbours": [neighbour],
        "symbols": [{"name": "greet", "kind": "function", "line_start": 1, "line_end": 1}],
    }
    docs = await asked(ann, project_id, selection=selection, context=context)
    assert (docs["state"], docs["selection"]) == ("queued", selection)
    # Asked again while it is worked on: the same request.
    assert (await asked(ann, project_id, selection=selection))["id"] == docs["id"]

    delivered = await worker.next_delivery()
    work = delivered.job.ai_docs
    assert work is not None
    assert (delivered.job.kind, delivered.job.preview, work.ai_docs_id) == ("ai.docs", None, docs["id"])
    request = json.loads(s3.read(work.request_key))
    assert (request["content"], request["selection"]) == (GREETING, selection)
    assert request["context"]["neighbours"] == [neighbour]

    async def running() -> bool:
        return str((await shown(ann, docs))["state"]) == "running"

    await until(running)
    answers = [await reporter.report(documented(delivered.job)) for _ in range(2)]
    assert [answer.json() for answer in answers] == [{"applied": True}, {"applied": False}]
    ready = await shown(ann, docs)
    assert (ready["state"], ready["error"]) == ("ready", None)
    assert ready["result"]["explanations"] == [
        {"symbol": "greet", "line_start": 1, "line_end": 1, "text": "Says hello."}
    ]
    assert (ready["result"]["engine"], ready["result"]["fallback"]) == ("outline", False)
    states = [each["ai_docs"]["state"] for each in await heard(ann, "ai_docs.state", "ready")]
    assert states == ["queued", "running", "ready"]
    news = (await ann.client.get("/api/v1/notifications")).json()["items"]
    assert [(each["type"], each["subject_id"]) for each in news] == [("ai_docs_ready", docs["id"])]

    again = await asked(ann, project_id, selection=selection)
    assert (again["id"], again["result"]) == (docs["id"], ready["result"])
    assert worker.deliveries.empty()
    listed = (await ann.client.get(f"/api/v1/projects/{project_id}/ai-docs")).json()["items"]
    assert [(each["id"], each["state"], each["result"]) for each in listed] == [(docs["id"], "ready", None)]

    # The same text means nothing to others: neither what was asked, nor that it was.
    others = await asked(bob, await bob.project(), selection=selection)
    assert (others["id"] != docs["id"], others["state"]) == (True, "queued")
    for method, below in (("GET", ""), ("DELETE", ""), ("POST", "/retry")):
        path = f"/ai-docs/{docs['id']}{below}"
        for project in (project_id, others["project_id"]):
            answer = await bob.client.request(method, f"/api/v1/projects/{project}{path}")
            assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


@pytest.mark.any_database
async def test_what_makes_another_answer_is_another_request(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter, clock: MovableClock, settings: Settings
) -> None:
    project_id = await ann.project()
    first = await asked(ann, project_id)
    await reporter.report(documented((await worker.next_delivery()).job, fallback=True))
    # The tier's own model was away: it may do better now.
    second = await asked(ann, project_id)
    await reporter.report(documented((await worker.next_delivery()).job))
    kept = await asked(ann, project_id)
    assert (first["id"] != second["id"], kept["id"]) == (True, second["id"])
    changed = [
        await asked(ann, project_id, GREETING + "\n"),
        await asked(ann, project_id, path="hello.js"),
        await asked(ann, project_id, selection={"line_start": 1, "line_end": 1}),
    ]
    await operations.set_tier(settings, "ann", Tier.PRO)
    clock.advance(minutes=2)
    for _ in changed:
        await reporter.report(documented((await worker.next_delivery()).job))
    changed.append(await asked(ann, project_id))
    assert len({each["id"] for each in [first, second, *changed]}) == 6


async def test_another_engine_answers_anew(ann: BackendUser, worker: FakeWorker, reporter: Reporter) -> None:
    """An operator who sets up a model must not wait for every file to change."""
    project_id = await ann.project()

    async def answered(content: str, engine: str) -> dict[str, Any]:
        docs = await asked(ann, project_id, content)
        callback = documented((await worker.next_delivery()).job)
        assert callback.result is not None
        await reporter.report(replace(callback, result=replace(callback.result, engine=engine)))
        return docs

    outlined = await answered("one", "outline")
    assert (await asked(ann, project_id, "one"))["id"] == outlined["id"]
    await answered("two", "workers-ai")
    explained = await answered("one", "workers-ai")
    assert explained["id"] != outlined["id"]
    assert (await asked(ann, project_id, "one"))["id"] == explained["id"]


async def test_a_failure_is_told_and_can_be_retried(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter, backend: RunningBackend
) -> None:
    docs = await asked(ann, await ann.project())
    path = f"/api/v1/projects/{docs['project_id']}/ai-docs/{docs['id']}"
    assert (await ann.client.post(f"{path}/retry")).status_code == 409
    first = await worker.next_delivery()
    error = CallbackError(ErrorCode.AI_JOB_FAILED, "The model did not answer.")
    failure = replace(
        documented(first.job), status=JobStatus.FAIL, result=None, error=error, artifact_keys=[]
    )
    assert (await reporter.report(failure)).json() == {"applied": True}
    failed = await shown(ann, docs)
    assert (failed["state"], failed["error"]) == (
        "failed",
        {"code": "AI_JOB_FAILED", "message": "The model did not answer."},
    )
    assert (await ann.client.post(f"{path}/retry")).json()["state"] == "queued"
    second = await worker.next_delivery()
    assert second.job.job_id != first.job.job_id
    # What the first job still has to say is of no interest.
    assert (await reporter.report(documented(first.job))).json() == {"applied": False}
    assert (await reporter.report(documented(second.job))).json() == {"applied": True}
    assert (await shown(ann, docs))["state"] == "ready"


async def test_what_was_taken_back_stays_away(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter, backend: RunningBackend
) -> None:
    docs = await asked(ann, await ann.project())
    delivered = await worker.next_delivery()
    await sent(backend)
    path = f"/api/v1/projects/{docs['project_id']}/ai-docs/{docs['id']}"
    assert (await ann.client.delete(path)).status_code == 204
    assert (await reporter.report(documented(delivered.job))).json() == {"applied": False}
    assert (await ann.client.get(path)).status_code == 404
    assert await states_of_jobs(backend) == ["cancelled"]
    assert (await ann.client.get("/api/v1/notifications")).json()["items"] == []


async def test_an_unanswered_request_is_sent_once_more_and_then_fails(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter, backend: RunningBackend, clock: MovableClock
) -> None:
    docs = await asked(ann, await ann.project())
    first = await worker.next_delivery()
    await overdue(backend, clock)
    second = await worker.next_delivery()
    assert (second.job.job_id, second.job.attempt) == (first.job.job_id, 2)
    assert (await reporter.report(documented(first.job))).json() == {"applied": False}
    await overdue(backend, clock)

    async def failed() -> bool:
        return await states_of_jobs(backend) == ["failed"]

    await until(failed)
    ended = await shown(ann, docs)
    assert (ended["state"], ended["error"]["code"]) == ("failed", "WORKER_TIMEOUT")
    assert (await reporter.report(documented(second.job))).json() == {"applied": False}


@pytest.mark.any_database
@pytest.mark.parametrize(
    "bent",
    [
        {"result": None},
        {"result": {"summary": "x"}},
        {"result": {"sources_stored": True, "artifact_bytes": 1}},
        {"result.summary": ""},
        {"result.summary": "\x00"},
        {"result.explanations": [{"symbol": "", "line_start": 2, "line_end": 1, "text": "x"}]},
        {"result.explanations": [{"symbol": "", "line_start": 0, "line_end": 1, "text": "x"}]},
        {"result.tier": "premium"},
        {"artifact_keys": ["ai-docs/01890000-0000-7000-8000-000000000000.json"]},
        {"kind": "preview.build"},
    ],
)
async def test_a_signed_result_of_another_shape_is_refused(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter, bent: dict[str, Any]
) -> None:
    import msgspec

    docs = await asked(ann, await ann.project())
    callback = documented((await worker.next_delivery()).job)
    body = msgspec.to_builtins(callback)
    for name, value in bent.items():
        outer, _, inner = name.partition(".")
        if inner:
            body[outer][inner] = value
        else:
            body[outer] = value
    answer = await reporter.send(msgspec.json.encode(body), f"{callback.job_id}.{callback.attempt}.done")
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
    assert (await shown(ann, docs))["state"] in {"queued", "running"}


@pytest.mark.any_database
async def test_what_can_not_be_documented_is_refused_with_its_reason(
    ann: BackendUser, settings: Settings
) -> None:
    project_id = await ann.project()
    wrong: list[dict[str, Any]] = [
        {"path": "../greet.js"},
        {"sha256": "0" * 64},
        {"selection": {"line_start": 2, "line_end": 1}},
        {"selection": {"line_start": 1, "line_end": 9}},
        {"context": {"neighbours": [{"path": "/etc/passwd", "relation": "imports", "content": ""}]}},
        {"tier": "premium"},
    ]
    for more in wrong:
        answer = await ann.ask_docs(project_id, **more)
        assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR"), more
    assert (await ann.ask_docs(project_id, "a\x00b")).status_code == 422
    assert (await ann.ask_docs(project_id, "a" * (1024 * 1024 + 1))).status_code == 413
    await operations.set_tier(settings, "ann", Tier.FREE)
    refused = await ann.ask_docs(project_id, "a" * (50 * 1024 + 1))
    problem = refused.json()
    assert (refused.status_code, problem["limit"], problem["used"]) == (402, 50 * 1024, 50 * 1024 + 1)
    assert problem["detail"] == "The file has 50.1 KB; the tier free allows 50 KB."
    assert (await ann.ask_docs(project_id, "a" * 50 * 1024)).status_code == 202


async def states_of_jobs(backend: RunningBackend) -> list[str]:
    async with backend.resources.database.transaction(writes=False) as transaction:
        return list((await transaction.session.scalars(select(JobRow.state).order_by(JobRow.id))).all())


async def sent(backend: RunningBackend) -> None:
    """Wait until the server has noted that the Worker took the job: it does so after the Worker has it."""

    async def noted() -> bool:
        return await states_of_jobs(backend) == ["sent"]

    await until(noted)


async def overdue(backend: RunningBackend, clock: MovableClock) -> None:
    """Let the deadline pass, once the job is known to be with the Worker."""
    await sent(backend)
    clock.advance(seconds=241)
    backend.wake_dispatcher()
